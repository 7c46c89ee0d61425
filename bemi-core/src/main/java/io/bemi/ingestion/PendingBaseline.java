package io.bemi.ingestion;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A table of which not all rows are copied yet that were there before changes of it were
 * recorded.
 *
 * @param id the sink's own number for it
 * @param oid the table's object id
 * @param schema the table's schema when that was noted
 * @param name the table's name when that was noted
 * @param after the place of the last row that was copied, in the order of the key;
 * {@code null} before the first
 * @param rows how many rows were copied
 */
public record PendingBaseline(long id, int oid, String schema, String name, @Nullable List<String> after, long rows) {

	/**
	 * The same when a chunk is stored.
	 */
	PendingBaseline with(BaselineChunk chunk) {
		return new PendingBaseline(this.id, this.oid, this.schema, this.name, chunk.after(), this.rows + chunk.read());
	}

	@Override
	public String toString() {
		return this.schema + "." + this.name;
	}

}
