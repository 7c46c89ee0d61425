package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

import io.bemi.change.Position;
import io.bemi.pgoutput.JsonValues;
import io.bemi.pgoutput.PgOutputException;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.replication.ReplicationSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows that were there when a slot was created, as of exactly that position: what
 * later changes are compared with.
 */
final class Baseline {

	private static final Logger logger = LoggerFactory.getLogger(Baseline.class);

	private static final int FETCH_SIZE = 100;

	private static final MemoryLimit LIMIT = new MemoryLimit(1_000, MemoryLimit.DEFAULT.characters());

	private final ReplicationSource source;

	private final CatalogTypes catalog;

	private final JsonValues values;

	private long rows;

	Baseline(ReplicationSource source, CatalogTypes catalog, JsonValues values) {
		this.source = source;
		this.catalog = catalog;
		this.values = values;
	}

	/**
	 * Copies every row of every published table.
	 * @param snapshot the snapshot that was exported with the slot
	 * @param position the position that the images get
	 * @param write where they go
	 * @return how many rows were copied
	 */
	long copy(String snapshot, Position position, SinkWrite write) throws SQLException {
		try (Connection connection = this.source.connect()) {
			connection.setAutoCommit(false);
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			connection.setReadOnly(true);
			try (Statement statement = connection.createStatement()) {
				statement.execute("SET TRANSACTION SNAPSHOT '" + snapshot.replace("'", "''") + "'");
			}
			SourceTransaction transaction = moment(connection, position);
			for (PublishedTable table : this.catalog.published(connection, this.source.settings().publication(),
					position)) {
				Savepoint savepoint = connection.setSavepoint();
				try {
					copy(connection, table, transaction, write);
				}
				catch (SQLException | PgOutputException ex) {
					connection.rollback(savepoint);
					logger.warn("No baseline of table {}: {}. Values from before its first changes are unknown",
							table.relation(), ex.getMessage());
				}
			}
			write.appendContexts(List.of(new TransactionContext(transaction, 0, Metadata.EMPTY)));
			connection.rollback();
			return this.rows;
		}
	}

	private static SourceTransaction moment(Connection connection, Position position) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT pg_catalog.clock_timestamp(),"
						+ " pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint")) {
			row.next();
			Instant now = row.getObject(1, OffsetDateTime.class).toInstant();
			return new SourceTransaction(position, now, row.getLong(2));
		}
	}

	private void copy(Connection connection, PublishedTable table, SourceTransaction transaction, SinkWrite write)
			throws SQLException {
		TrackedRelation relation = table.relation();
		long characters = 0;
		List<RowChange> chunk = new ArrayList<>();
		try (Statement statement = connection.createStatement()) {
			statement.setFetchSize(FETCH_SIZE);
			try (ResultSet row = statement.executeQuery(select(table))) {
				while (row.next()) {
					RowChange image = image(relation, transaction, this.rows++, row);
					chunk.add(image);
					characters += image.length();
					if (LIMIT.isReached(chunk.size(), characters)) {
						write.append(chunk);
						characters = 0;
						chunk = new ArrayList<>();
					}
				}
			}
		}
		write.append(chunk);
	}

	private static String select(PublishedTable table) {
		TrackedRelation relation = table.relation();
		StringBuilder sql = new StringBuilder("SELECT ");
		for (Column column : relation.relation().columns()) {
			sql.append((sql.length() > "SELECT ".length()) ? ", " : "").append(quoted(column.name()));
		}
		return sql.append(table.partitioned() ? " FROM " : " FROM ONLY ")
			.append(quoted(relation.relation().schema()))
			.append('.')
			.append(quoted(relation.relation().name()))
			.toString();
	}

	private static String quoted(String identifier) {
		return '"' + identifier.replace("\"", "\"\"") + '"';
	}

	private RowChange image(TrackedRelation relation, SourceTransaction transaction, long ordinal, ResultSet row)
			throws SQLException {
		@Nullable String[] texts = new String[relation.relation().columns().size()];
		@Nullable String[] columns = new String[texts.length];
		for (int i = 0; i < columns.length; i++) {
			String text = row.getString(i + 1);
			texts[i] = text;
			columns[i] = (text != null) ? TrackedRelation.json(this.values, relation.typeOid(i), text) : "null";
		}
		return new RowChange(transaction, ordinal, 0, relation, RowOperation.BASELINE,
				relation.key((column) -> texts[column], this.values), null, new RowImage(columns), null);
	}

}
