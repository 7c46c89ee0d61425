package io.bemi.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.bemi.pgoutput.JsonBytes;

/**
 * What a table looked like, version by version, the newest last: says what earlier images
 * of its records tell now.
 */
final class TableHistory {

	private final List<TableVersion> versions;

	TableHistory(List<TableVersion> versions) {
		this.versions = List.copyOf(versions);
	}

	/**
	 * The versions in which records were identified as they are now, by the same columns:
	 * only their keys mean the same.
	 * @return the versions' numbers, without interruption up to the newest
	 */
	List<Long> comparable() {
		List<Long> comparable = new ArrayList<>();
		for (int i = this.versions.size() - 1; i >= 0; i--) {
			TableVersion version = this.versions.get(i);
			if (version.described() && !isIdentifiedAsNow(version)) {
				break;
			}
			comparable.add(version.id());
			if (version.severed()) {
				break;
			}
		}
		return comparable;
	}

	private boolean isIdentifiedAsNow(TableVersion version) {
		Map<String, JsonBytes> names = version.key().stream().collect(Collectors.toMap((name) -> name, JsonBytes::of));
		Map<String, JsonBytes> carried = carry(version.id(), names);
		List<String> key = this.versions.get(this.versions.size() - 1).key();
		return key.stream()
			.map((name) -> carried.getOrDefault(name, JsonBytes.NULL).toString())
			.toList()
			.equals(version.key());
	}

	/**
	 * The versions from which on nothing is known of any record from before.
	 * @return the versions' numbers
	 */
	List<Long> boundaries() {
		List<Long> boundaries = new ArrayList<>();
		for (int i = 1; i < this.versions.size(); i++) {
			if (this.versions.get(i).severed() || new TableHistory(this.versions.subList(0, i + 1)).isJustRekeyed()) {
				boundaries.add(this.versions.get(i).id());
			}
		}
		return boundaries;
	}

	/**
	 * Whether its last change left something unknown of the rows that were there: values,
	 * or which record each of them is.
	 */
	boolean hasJustLost() {
		int newest = this.versions.size() - 1;
		return newest > 0 && (!this.versions.get(newest).keepsAllOf(this.versions.get(newest - 1)) || isJustRekeyed()
				|| hasLostRows(this.versions.get(newest - 1), this.versions.get(newest)));
	}

	/**
	 * Rows that nothing identifies are found by all of their columns, as they are
	 * recorded.
	 */
	private boolean hasLostRows(TableVersion earlier, TableVersion newest) {
		return !earlier.treatments().equals(newest.treatments()) && this.versions.stream()
			.filter(TableVersion::described)
			.reduce((one, later) -> later)
			.filter((described) -> described.key().isEmpty())
			.isPresent();
	}

	private boolean isJustRekeyed() {
		int newest = this.versions.size() - 1;
		for (int i = newest - 1; i >= 0 && this.versions.get(newest).described(); i--) {
			if (this.versions.get(i + 1).severed()) {
				return false;
			}
			if (this.versions.get(i).described()) {
				return !isIdentifiedAsNow(this.versions.get(i));
			}
		}
		return false;
	}

	/**
	 * Whether the table has been the same since it was severed, or since its first
	 * description.
	 */
	boolean isUnaltered() {
		TableVersion newest = this.versions.get(this.versions.size() - 1);
		for (int i = this.versions.size() - 1; i >= 0; i--) {
			TableVersion version = this.versions.get(i);
			if (!version.hasColumnsOf(newest)) {
				return false;
			}
			if (version.severed()) {
				return true;
			}
			if (version.rewritten()) {
				return false;
			}
		}
		return true;
	}

	/**
	 * The same as if all columns were recorded as they are.
	 */
	TableHistory untreated() {
		return new TableHistory(this.versions.stream().map(TableVersion::untreated).toList());
	}

	/**
	 * What an image tells by the columns of the newest version.
	 * @param version the number of the version that the image has
	 * @param image the columns' JSON texts by name
	 * @return the columns whose value can still be known, by their names now
	 */
	Map<String, JsonBytes> carry(long version, Map<String, JsonBytes> image) {
		Map<String, JsonBytes> carried = image;
		TableVersion earlier = null;
		for (TableVersion next : this.versions) {
			if (next.id() > version && earlier != null) {
				carried = next.carry(earlier, carried);
			}
			earlier = next;
		}
		return carried;
	}

}
