package io.bemi.store;

import java.nio.charset.StandardCharsets;

import io.bemi.ingestion.RowImage;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.JsonBytes.Output;
import io.bemi.pgoutput.JsonText;
import io.bemi.pgoutput.PgOutputMessage.Relation;

/**
 * The names of a table's columns as those of a JSON object's members: every row has the
 * same.
 */
final class MemberNames {

	private static final byte[] OPEN = { '{' };

	private static final byte[] COMMA = { ',' };

	private static final byte[] CLOSE = { '}' };

	/** {@code "name":} in UTF-8. */
	private final byte[][] names;

	MemberNames(Relation relation) {
		this.names = relation.columns().stream().map((column) -> {
			StringBuilder name = new StringBuilder();
			JsonText.append(name, column.name());
			return name.append(':').toString().getBytes(StandardCharsets.UTF_8);
		}).toArray(byte[][]::new);
	}

	/**
	 * How many bytes are written of a row.
	 */
	long length(RowImage row) {
		// The braces; a comma before each but the first.
		long length = 2;
		int count = 0;
		for (int i = 0; i < this.names.length; i++) {
			JsonBytes value = row.column(i);
			if (value != null) {
				length += this.names[i].length + value.writtenLength();
				count++;
			}
		}
		return length + Math.max(0, count - 1);
	}

	/**
	 * Writes a row as a JSON object of the columns that are there.
	 */
	<E extends Exception> void write(RowImage row, Output<E> out) throws E {
		byte[] separator = OPEN;
		for (int i = 0; i < this.names.length; i++) {
			JsonBytes value = row.column(i);
			if (value != null) {
				out.write(separator, 0, 1);
				out.write(this.names[i], 0, this.names[i].length);
				value.writeTo(out);
				separator = COMMA;
			}
		}
		if (separator == OPEN) {
			out.write(OPEN, 0, 1);
		}
		out.write(CLOSE, 0, 1);
	}

}
