package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowImage;
import io.bemi.ingestion.RowOperation;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.JsonBytes.Output;
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
record StoredRow(RowChange change, @Nullable Map<String, JsonBytes> image, @Nullable Map<String, JsonBytes> replaced,
		List<String> unknown) {

	/**
	 * Works out the form.
	 * @param change the change
	 * @param before the record's newest image in the history, or {@code null}
	 */
	static StoredRow of(RowChange change, @Nullable Map<String, JsonBytes> before) {
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
	 * Whether this is an UPDATE that, as far as its columns are recorded, changes nothing
	 * but such as rules ignore. Then what was recorded last of the record stays the
	 * newest that is known of it.
	 */
	boolean isIgnored() {
		return this.replaced != null && this.image != null && this.unknown.isEmpty()
				&& this.change.previousKey() == null
				&& this.change.relation().ignores(this.replaced.keySet(), this.image);
	}

	/**
	 * Writes what to keep of a change that cannot be stored: {@code row} and {@code old}
	 * as {@code json_populate_record} takes them.
	 */
	<E extends Exception> void writeContent(Output<E> out) throws E {
		StringBuilder json = new StringBuilder("{\"operation\": ");
		JsonText.append(json, this.change.operation().name());
		json.append(", \"schema\": ");
		JsonText.append(json, this.change.relation().relation().schema());
		json.append(", \"table\": ");
		JsonText.append(json, this.change.relation().relation().name());
		boolean gone = this.change.operation() == RowOperation.DELETE;
		write(json.append(gone ? ", \"old\": " : ", \"row\": ").toString(), out);
		write(this.image, out);
		if (this.replaced != null) {
			write(", \"old\": ", out);
			write(this.replaced, out);
		}
		write("}", out);
	}

	private static StoredRow update(RowChange change, @Nullable Map<String, JsonBytes> before) {
		RowImage row = change.row();
		Map<String, JsonBytes> image = new LinkedHashMap<>();
		Map<String, JsonBytes> replaced = new LinkedHashMap<>();
		List<String> unknown = new ArrayList<>();
		for (int i = 0; i < change.relation().relation().columns().size(); i++) {
			String name = change.relation().relation().columns().get(i).name();
			JsonBytes current = (row != null) ? row.column(i) : null;
			JsonBytes old = oldValue(change, i, name, current, before);
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

	private static @Nullable JsonBytes oldValue(RowChange change, int column, String name, @Nullable JsonBytes current,
			@Nullable Map<String, JsonBytes> before) {
		if (change.old() != null && change.old().column(column) != null) {
			return change.old().column(column);
		}
		if (change.old() == null && change.relation().keyColumns().contains(column)) {
			// The old key arrives whenever it differs.
			return current;
		}
		return (before != null) ? before.get(name) : null;
	}

	private static StoredRow delete(RowChange change, @Nullable Map<String, JsonBytes> before) {
		Map<String, JsonBytes> image = new LinkedHashMap<>();
		List<String> unknown = new ArrayList<>();
		for (int i = 0; i < change.relation().relation().columns().size(); i++) {
			String name = change.relation().relation().columns().get(i).name();
			JsonBytes old = oldValue(change, i, name, null, before);
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

	private static Map<String, JsonBytes> members(RowChange change, @Nullable RowImage row) {
		Map<String, JsonBytes> members = new LinkedHashMap<>();
		for (int i = 0; row != null && i < change.relation().relation().columns().size(); i++) {
			JsonBytes value = row.column(i);
			if (value != null) {
				members.put(change.relation().relation().columns().get(i).name(), value);
			}
		}
		return members;
	}

	/**
	 * Writes an object.
	 */
	static <E extends Exception> void write(@Nullable Map<String, JsonBytes> members, Output<E> out) throws E {
		if (members == null) {
			write("null", out);
			return;
		}
		String separator = "{";
		for (Map.Entry<String, JsonBytes> member : members.entrySet()) {
			StringBuilder name = new StringBuilder(separator);
			JsonText.append(name, member.getKey());
			write(name.append(':').toString(), out);
			member.getValue().writeTo(out);
			separator = ",";
		}
		write(members.isEmpty() ? "{}" : "}", out);
	}

	private static <E extends Exception> void write(String text, Output<E> out) throws E {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		out.write(bytes, 0, bytes.length);
	}

}
