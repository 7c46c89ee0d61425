package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.bemi.change.Position;
import io.bemi.ingestion.BaselineChunk;
import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowImage;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.store.Baselines.Beginning;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the rows that were found belong into the history, and where. The
 * history is complete up to where the query may have seen anything.
 */
final class BaselineRows {

	private final Connection connection;

	private final RelationDictionary relations;

	private final Baselines baselines;

	BaselineRows(Connection connection, RelationDictionary relations, Baselines baselines) {
		this.connection = connection;
		this.relations = relations;
		this.baselines = baselines;
	}

	/**
	 * Takes a chunk, and notes how far the copy is.
	 * @return the rows that are to be stored
	 */
	List<RowChange> take(BaselineChunk chunk) throws SQLException {
		Position position = (chunk.exact() && !chunk.rows().isEmpty()) ? chunk.rows().get(0).transaction().position()
				: null;
		Beginning beginning = this.baselines.advance(chunk.baseline(), chunk.after(), chunk.read(), chunk.complete(),
				position);
		if (beginning == null || chunk.rows().isEmpty()) {
			return List.of();
		}
		return chunk.exact() ? chunk.rows() : unknown(chunk.rows(), beginning);
	}

	/**
	 * What the history does not know yet.
	 */
	private List<RowChange> unknown(List<RowChange> rows, Beginning beginning) throws SQLException {
		TableHistory history = this.relations.history(rows.get(0).relation());
		boolean unaltered = history.isUnaltered();
		List<String> keys = rows.stream().map(RowChange::primaryKey).filter(Objects::nonNull).toList();
		Map<String, NewestImage> newest = NewestImage.find(this.connection, history, keys);
		List<RowChange> unknown = new ArrayList<>();
		for (RowChange row : rows) {
			NewestImage known = newest.get(String.valueOf(row.primaryKey()));
			if (known != null && known.postponed()) {
				known = NewestImage.find(this.connection, history, row.relation(), String.valueOf(row.primaryKey()));
			}
			if (known == null && row.previousKey() == null) {
				// Nothing has touched the row: it is as it was at the beginning.
				unknown.add(unaltered ? row.at(beginning.transaction(), beginning.ordinal()) : row);
			}
			else if (known != null && known.image() != null) {
				complete(row, known.image()).ifPresent(unknown::add);
			}
		}
		return unknown;
	}

	/**
	 * A record with columns that no change has told: so none has changed them.
	 * @param row the record as it was found
	 * @param image what the history tells of it, which may be newer
	 * @return the record, or empty when the history tells everything
	 */
	private static Optional<RowChange> complete(RowChange row, Map<String, JsonBytes> image) {
		RowImage found = Objects.requireNonNull(row.row());
		List<Column> columns = row.relation().relation().columns();
		@Nullable JsonBytes[] merged = new JsonBytes[columns.size()];
		boolean isNew = false;
		for (int i = 0; i < merged.length; i++) {
			JsonBytes told = image.get(columns.get(i).name());
			merged[i] = (told != null) ? told : found.column(i);
			isNew |= told == null && found.column(i) != null;
		}
		return isNew ? Optional.of(row.withRow(new RowImage(merged))) : Optional.empty();
	}

}
