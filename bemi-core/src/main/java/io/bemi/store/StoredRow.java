package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowImage;
import io.bemi.ingestion.RowOperation;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.JsonBytes.Output;
import io.bemi.pgoutput.JsonText;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import org.jspecify.annotations.Nullable;

/**
 * A change in the form of the store: the image after it (of a DELETE before it), what it
 * replaced, and what cannot be known.
 *
 * @param change the change
 * @param image the row; {@code null} for a TRUNCATE
 * @param replaced the old values of the columns that an UPDATE changed; {@code null} for
 * other operations
 * @param unknown the columns of which the value before or after cannot be known
 */
record StoredRow(RowChange change, @Nullable RowImage image, @Nullable RowImage replaced, List<String> unknown) {

	/**
	 * Works out the form.
	 * @param change the change
	 * @param before the record's newest image in the history, or {@code null}
	 */
	static StoredRow of(RowChange change, @Nullable RowImage before) {
		return switch (change.operation()) {
			case CREATE, BASELINE -> new StoredRow(change, change.row(), null, unreadable(change, change.row()));
			case UPDATE -> update(change, before);
			case DELETE -> delete(change, before);
			case TRUNCATE, ALTER, SKIP -> new StoredRow(change, null, null, List.of());
		};
	}

	/**
	 * The same change with nothing known of its values: what stands in the history for
	 * one that cannot be stored, so that the next change is not compared with the one
	 * before.
	 */
	StoredRow withoutValues() {
		List<Column> columns = this.change.relation().relation().columns();
		@Nullable JsonBytes[] none = new JsonBytes[columns.size()];
		RowImage nothing = new RowImage(none);
		return new StoredRow(this.change, nothing, (this.replaced != null) ? nothing : null,
				columns.stream().map(Column::name).toList());
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
				&& this.change.previousKey() == null && this.change.relation().ignores(this.replaced, this.image);
	}

	/**
	 * Writes what to keep of a change that cannot be stored: {@code row} and {@code old}
	 * as {@code json_populate_record} takes them.
	 */
	<E extends Exception> void writeContent(Output<E> out) throws E {
		Relation relation = this.change.relation().relation();
		MemberNames names = new MemberNames(relation);
		StringBuilder json = new StringBuilder("{\"operation\": ");
		JsonText.append(json, this.change.operation().name());
		json.append(", \"schema\": ");
		JsonText.append(json, relation.schema());
		json.append(", \"table\": ");
		JsonText.append(json, relation.name());
		boolean gone = this.change.operation() == RowOperation.DELETE;
		write(json.append(gone ? ", \"old\": " : ", \"row\": ").toString(), out);
		write(names, this.image, out);
		if (this.replaced != null) {
			write(", \"old\": ", out);
			write(names, this.replaced, out);
		}
		write("}", out);
	}

	private static <E extends Exception> void write(MemberNames names, @Nullable RowImage row, Output<E> out) throws E {
		if (row == null) {
			write("null", out);
		}
		else {
			names.write(row, out);
		}
	}

	private static <E extends Exception> void write(String text, Output<E> out) throws E {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		out.write(bytes, 0, bytes.length);
	}

	private static StoredRow update(RowChange change, @Nullable RowImage before) {
		List<Column> columns = change.relation().relation().columns();
		RowImage row = change.row();
		@Nullable JsonBytes[] image = new JsonBytes[columns.size()];
		@Nullable JsonBytes[] replaced = new JsonBytes[columns.size()];
		List<String> unknown = List.of();
		for (int i = 0; i < image.length; i++) {
			JsonBytes current = (row != null) ? row.column(i) : null;
			JsonBytes old = oldValue(change, i, current, before);
			boolean unreadable = row != null && row.isUnreadable(i);
			if (current == null && !unreadable) {
				current = old;
			}
			image[i] = current;
			if (old == null || unreadable) {
				unknown = with(unknown, columns.get(i));
			}
			else if (current != null && !StoredJson.same(old, current)) {
				replaced[i] = old;
			}
		}
		return new StoredRow(change, new RowImage(image), new RowImage(replaced), unknown);
	}

	private static @Nullable JsonBytes oldValue(RowChange change, int column, @Nullable JsonBytes current,
			@Nullable RowImage before) {
		RowImage old = change.old();
		if (old != null && old.column(column) != null) {
			return old.column(column);
		}
		if (old == null && change.relation().keyColumns().contains(column)) {
			// The old key arrives whenever it differs.
			return current;
		}
		return (before != null) ? before.column(column) : null;
	}

	private static StoredRow delete(RowChange change, @Nullable RowImage before) {
		List<Column> columns = change.relation().relation().columns();
		@Nullable JsonBytes[] image = new JsonBytes[columns.size()];
		List<String> unknown = List.of();
		for (int i = 0; i < image.length; i++) {
			image[i] = oldValue(change, i, null, before);
			if (image[i] == null) {
				unknown = with(unknown, columns.get(i));
			}
		}
		return new StoredRow(change, new RowImage(image), null, unknown);
	}

	private static List<String> unreadable(RowChange change, @Nullable RowImage row) {
		List<Column> columns = change.relation().relation().columns();
		List<String> names = List.of();
		for (int i = 0; row != null && i < columns.size(); i++) {
			if (row.isUnreadable(i)) {
				names = with(names, columns.get(i));
			}
		}
		return names;
	}

	/**
	 * Hardly any row has such columns.
	 */
	private static List<String> with(List<String> names, Column column) {
		List<String> more = names.isEmpty() ? new ArrayList<>() : names;
		more.add(column.name());
		return more;
	}

}
