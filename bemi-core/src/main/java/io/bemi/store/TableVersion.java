package io.bemi.store;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * A table's columns as they were from some change of the table on.
 *
 * @param id the store's number for it, greater than those of earlier versions
 * @param described whether the stream described it, for the rows that follow; otherwise a
 * message did
 * @param columns the columns, in the order that they were added in
 * @param rewritten whether the change of the table wrote its rows anew
 * @param severed whether rows came otherwise than by changes of rows, so that nothing
 * earlier is known of any record
 * @param highest the highest number that a column has had; 0 if not known
 */
record TableVersion(long id, boolean described, List<Column> columns, boolean rewritten, boolean severed, int highest) {

	/**
	 * Types of which the same text is the same value: {@code text} and {@code varchar}.
	 */
	private static final Set<Long> TEXTS = Set.of(25L, 1043L);

	/** How a column is treated whose values are not recorded. */
	static final String EXCLUDED = "excluded";

	/**
	 * What is known of a row by the columns of this version.
	 * @param earlier the version before this one
	 * @param image the row's columns by the names of that version
	 * @return the columns by the names of this one, without those whose value cannot be
	 * known any more
	 */
	Map<String, JsonBytes> carry(TableVersion earlier, Map<String, JsonBytes> image) {
		Map<String, JsonBytes> carried = new LinkedHashMap<>();
		for (Column column : this.columns) {
			JsonBytes value = carry(earlier, column, image);
			if (value != null) {
				carried.put(column.name(), value);
			}
		}
		return carried;
	}

	/**
	 * Whether everything that was known of a row still is, and what has come is known.
	 */
	boolean keepsAllOf(TableVersion earlier) {
		Map<String, JsonBytes> image = earlier.recorded()
			.stream()
			.collect(Collectors.toMap(Column::name, (column) -> JsonBytes.NULL, (one, other) -> one));
		return carry(earlier, image).size() == recorded().size();
	}

	/**
	 * The columns whose values are recorded, as they are or masked.
	 */
	List<Column> recorded() {
		return this.columns.stream().filter((column) -> !EXCLUDED.equals(column.treatment())).toList();
	}

	/**
	 * How columns are treated that are not recorded as they are, by their names.
	 */
	Map<String, String> treatments() {
		Map<String, String> treatments = new HashMap<>();
		for (Column column : this.columns) {
			if (column.treatment() != null) {
				treatments.put(column.name(), column.treatment());
			}
		}
		return treatments;
	}

	/**
	 * The same as if all columns were recorded as they are.
	 */
	TableVersion untreated() {
		return new TableVersion(this.id, this.described,
				this.columns.stream().map((column) -> column.withTreatment(null)).toList(), this.rewritten,
				this.severed, this.highest);
	}

	private @Nullable JsonBytes carry(TableVersion earlier, Column column, Map<String, JsonBytes> image) {
		if (EXCLUDED.equals(column.treatment())) {
			return null;
		}
		boolean numbered = column.number() != null && earlier.isNumbered();
		Column before = numbered ? earlier.numbered(column.number()) : earlier.named(column.name());
		if (before == null) {
			return (numbered && earlier.isOlderThan(column)) ? ofAdded(column) : null;
		}
		boolean same = numbered ? isSame(before, column)
				: !column.altered() && before.hasTypeOf(column) && !isMoved(earlier, column.name());
		return (same && before.isTreatedLike(column)) ? image.get(before.name()) : null;
	}

	/**
	 * Whether a column that is not here was added later. One that was computed from
	 * others until then was there, but not described.
	 */
	private boolean isOlderThan(Column column) {
		return column.number() != null && column.number() > this.highest;
	}

	private @Nullable JsonBytes ofAdded(Column column) {
		if (column.filled() != null) {
			return JsonBytes.of(column.filled());
		}
		return (!column.plain() || this.rewritten) ? null : JsonBytes.NULL;
	}

	private boolean isSame(Column before, Column column) {
		if (this.rewritten && column.altered()) {
			return false;
		}
		return before.hasTypeOf(column) || (!this.rewritten && (before.type() == column.type()
				|| (TEXTS.contains(before.type()) && TEXTS.contains(column.type()))));
	}

	/**
	 * Whether a column has changed its place among those of the same names: columns keep
	 * their order, so either it is another one, or the one that it passed is.
	 */
	private boolean isMoved(TableVersion earlier, String name) {
		Map<String, Integer> places = new HashMap<>();
		for (int i = 0; i < earlier.columns.size(); i++) {
			places.put(earlier.columns.get(i).name(), i);
		}
		int own = places.getOrDefault(name, -1);
		boolean after = false;
		for (Column column : this.columns) {
			Integer place = places.get(column.name());
			if (column.name().equals(name)) {
				after = true;
			}
			else if (place != null && after != place > own) {
				return true;
			}
		}
		return false;
	}

	private boolean isNumbered() {
		return this.columns.stream().allMatch((column) -> column.number() != null);
	}

	private @Nullable Column numbered(@Nullable Integer number) {
		return find((column) -> number != null && number.equals(column.number()));
	}

	private @Nullable Column named(String name) {
		return find((column) -> name.equals(column.name()));
	}

	private @Nullable Column find(Function<Column, Boolean> wanted) {
		return this.columns.stream().filter(wanted::apply).findFirst().orElse(null);
	}

	/**
	 * The same columns with the numbers that they have in an earlier version.
	 */
	TableVersion numberedLike(TableVersion earlier) {
		return new TableVersion(this.id, this.described, this.columns.stream().map((column) -> {
			Column before = earlier.named(column.name());
			if (before == null || !before.hasTypeOf(column) || isMoved(earlier, column.name())) {
				return column;
			}
			return column.withNumber(before.number());
		}).toList(), this.rewritten, this.severed, earlier.highest);
	}

	/**
	 * Whether the other one has the same columns, whatever their numbers.
	 */
	boolean describesSame(TableVersion other) {
		return unnumbered().equals(other.unnumbered());
	}

	/**
	 * Whether the other one has columns of the same names and types, and the same key
	 * where both say it.
	 */
	boolean hasColumnsOf(TableVersion other) {
		return this.columns.size() == other.columns.size() && this.columns.stream().allMatch((column) -> {
			Column same = other.named(column.name());
			boolean sameKey = !this.described || !other.described || (same != null && same.key() == column.key());
			return same != null && same.hasTypeOf(column) && same.isTreatedLike(column) && sameKey;
		});
	}

	private List<Column> unnumbered() {
		return this.columns.stream().map((column) -> column.withNumber(null)).toList();
	}

	TableVersion withId(long other) {
		return new TableVersion(other, this.described, this.columns, this.rewritten, this.severed, this.highest);
	}

	/**
	 * The names of the columns that identify records.
	 */
	List<String> key() {
		return this.columns.stream().filter(Column::key).map(Column::name).toList();
	}

	String columnsJson() {
		return this.columns.stream()
			.map((column) -> column.json(this.highest))
			.collect(Collectors.joining(", ", "[", "]"));
	}

	/**
	 * A column.
	 *
	 * @param name its name
	 * @param type its type's object id
	 * @param modifier its type's modifier
	 * @param key whether it is part of what identifies records
	 * @param number its number in the table, which it keeps; {@code null} if not known
	 * @param altered whether the change of the table concerned it
	 * @param filled what rows that had been there got when it was added, as JSON;
	 * {@code null} for nothing that is known
	 * @param plain whether it is null in rows that were there when it was added, unless
	 * they were written anew
	 * @param treatment how its values are left out, or masked; {@code null} when they are
	 * recorded as they are
	 */
	record Column(String name, long type, int modifier, boolean key, @Nullable Integer number, boolean altered,
			@Nullable String filled, boolean plain, @Nullable String treatment) {

		boolean isTreatedLike(Column other) {
			return Objects.equals(this.treatment, other.treatment);
		}

		Column withTreatment(@Nullable String other) {
			return new Column(this.name, this.type, this.modifier, this.key, this.number, this.altered, this.filled,
					this.plain, other);
		}

		boolean hasTypeOf(Column other) {
			return this.type == other.type && this.modifier == other.modifier;
		}

		Column withNumber(@Nullable Integer other) {
			return new Column(this.name, this.type, this.modifier, this.key, other, this.altered, this.filled,
					this.plain, this.treatment);
		}

		private String json(int highest) {
			StringBuilder json = new StringBuilder("{\"name\": ");
			JsonText.append(json, this.name);
			json.append(", \"type\": ")
				.append(this.type)
				.append(", \"modifier\": ")
				.append(this.modifier)
				.append(", \"key\": ")
				.append(this.key);
			if (this.number != null) {
				json.append(", \"number\": ").append(this.number).append(", \"highest\": ").append(highest);
			}
			if (this.treatment != null) {
				json.append(", \"treatment\": ");
				JsonText.append(json, this.treatment);
			}
			return json.append('}').toString();
		}

	}

}
