package io.bemi.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowImage;
import io.bemi.ingestion.RowOperation;
import io.bemi.pgoutput.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * A change in the form of the store: the image after it (of a DELETE before it), what it
 * replaced, and what cannot be known.
 *
 * @param change the change
 * @param image the columns' JSON texts by name; {@code null} for a TRUNCATE
 * @param replaced the old values of the columns that an UPDATE changed; {@code null} for
 * other operations
 * @param unknown the columns of which the value before or after cannot be known
 */
record StoredRow(RowChange change, @Nullable Map<String, String> image, @Nullable Map<String, String> replaced,
		List<String> unknown) {

	/**
	 * Works out the form.
	 * @param change the change
	 * @param before the record's newest image in the history, or {@code null}
	 */
	static StoredRow of(RowChange change, @Nullable Map<String, String> before) {
		return switch (change.operation()) {
			case CREATE, BASELINE ->
				new StoredRow(change, members(change, change.row()), null, unreadable(change, change.row()));
			case UPDATE -> update(change, before);
			case DELETE -> delete(change, before);
			case TRUNCATE, ALTER -> new StoredRow(change, null, null, List.of());
		};
	}

	/**
	 * The same change with nothing known of its values: what stands in the history for
	 * one that cannot be stored, so that the next change is not compared with the one
	 * before.
	 */
	StoredRow withoutValues() {
		List<String> columns = this.change.relation()
			.relation()
			.columns()
			.stream()
			.map((column) -> column.name())
			.toList();
		return new StoredRow(this.change, Map.of(), (this.replaced != null) ? Map.of() : null, columns);
	}

	/**
	 * The same change of a record that is not said to be any: its key cannot be stored.
	 */
	StoredRow withoutKey() {
		RowChange keyless = new RowChange(this.change.transaction(), this.change.ordinal(), this.change.context(),
				this.change.relation(), this.change.operation(), null, null, this.change.row(), this.change.old());
		return new StoredRow(keyless, this.image, this.replaced, this.unknown);
	}

	/**
	 * What to keep of a change that cannot be stored: {@code row} and {@code old} as
	 * {@code json_populate_record} takes them.
	 */
	String content() {
		StringBuilder json = new StringBuilder("{\"operation\": ");
		JsonText.append(json, this.change.operation().name());
		json.append(", \"schema\": ");
		JsonText.append(json, this.change.relation().relation().schema());
		json.append(", \"table\": ");
		JsonText.append(json, this.change.relation().relation().name());
		boolean gone = this.change.operation() == RowOperation.DELETE;
		json.append(gone ? ", \"old\": " : ", \"row\": ").append(json(this.image));
		if (this.replaced != null) {
			json.append(", \"old\": ").append(json(this.replaced));
		}
		return json.append('}').toString();
	}

	private static StoredRow update(RowChange change, @Nullable Map<String, String> before) {
		RowImage row = change.row();
		Map<String, String> image = new LinkedHashMap<>();
		Map<String, String> replaced = new LinkedHashMap<>();
		List<String> unknown = new ArrayList<>();
		for (int i = 0; i < change.relation().relation().columns().size(); i++) {
			String name = change.relation().relation().columns().get(i).name();
			String current = (row != null) ? row.column(i) : null;
			String old = oldValue(change, i, name, current, before);
			boolean unreadable = row != null && row.isUnreadable(i);
			if (current == null && !unreadable) {
				current = old;
			}
			if (current != null) {
				image.put(name, current);
			}
			if (old == null || unreadable) {
				unknown.add(name);
			}
			else if (current != null && !StoredJson.same(old, current)) {
				replaced.put(name, old);
			}
		}
		return new StoredRow(change, image, replaced, unknown);
	}

	private static @Nullable String oldValue(RowChange change, int column, String name, @Nullable String current,
			@Nullable Map<String, String> before) {
		if (change.old() != null && change.old().column(column) != null) {
			return change.old().column(column);
		}
		if (change.old() == null && change.relation().keyColumns().contains(column)) {
			// The old key arrives whenever it differs.
			return current;
		}
		return (before != null) ? before.get(name) : null;
	}

	private static StoredRow delete(RowChange change, @Nullable Map<String, String> before) {
		Map<String, String> image = new LinkedHashMap<>();
		List<String> unknown = new ArrayList<>();
		for (int i = 0; i < change.relation().relation().columns().size(); i++) {
			String name = change.relation().relation().columns().get(i).name();
			String old = oldValue(change, i, name, null, before);
			if (old != null) {
				image.put(name, old);
			}
			else {
				unknown.add(name);
			}
		}
		return new StoredRow(change, image, null, unknown);
	}

	private static List<String> unreadable(RowChange change, @Nullable RowImage row) {
		List<String> names = new ArrayList<>();
		for (int i = 0; row != null && i < change.relation().relation().columns().size(); i++) {
			if (row.isUnreadable(i)) {
				names.add(change.relation().relation().columns().get(i).name());
			}
		}
		return names;
	}

	private static Map<String, String> members(RowChange change, @Nullable RowImage row) {
		Map<String, String> members = new LinkedHashMap<>();
		for (int i = 0; row != null && i < change.relation().relation().columns().size(); i++) {
			String value = row.column(i);
			if (value != null) {
				members.put(change.relation().relation().columns().get(i).name(), value);
			}
		}
		return members;
	}

	static @Nullable String json(@Nullable Map<String, String> members) {
		if (members == null) {
			return null;
		}
		StringBuilder json = new StringBuilder("{");
		members.forEach((name, value) -> {
			json.append((json.length() > 1) ? "," : "");
			JsonText.append(json, name);
			json.append(':').append(value);
		});
		return json.append('}').toString();
	}

}
