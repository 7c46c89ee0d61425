package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.replication.ReplicationSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the rows that were there when a slot was created, as of exactly that position,
 * before anything is read from it. What it cannot copy so is left to the
 * {@link BaselineCopier}.
 */
final class InitialBaseline implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(InitialBaseline.class);

	private static final int LOCK_WAIT = 5_000;

	/**
	 * What a snapshot does not protect from: statements that write a table anew, and
	 * partitions that come and go.
	 */
	private static final String STRUCTURE = """
			WITH RECURSIVE tree (oid) AS (
			     SELECT ?::bigint::oid
			     UNION ALL
			     SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree t ON t.oid = i.inhparent
			       JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition)
			SELECT string_agg(concat_ws(' ', c.oid, c.relname, c.relnamespace, c.relfilenode, c.relreplident,
			           (SELECT string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod), ',' ORDER BY a.attnum)
			              FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)), ';' ORDER BY c.oid)
			  FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.oid
			""";

	private final Connection snapshot;

	private final Connection present;

	private final BaselineReader reader;

	private final SourceTransaction moment;

	private InitialBaseline(Connection snapshot, Connection present, BaselineReader reader, SourceTransaction moment) {
		this.snapshot = snapshot;
		this.present = present;
		this.reader = reader;
		this.moment = moment;
	}

	/**
	 * Begins to see the database as it was.
	 * @param source the source
	 * @param present a connection that sees it as it is
	 * @param exported the snapshot that was exported with the slot
	 * @param position the position that the rows get
	 */
	static InitialBaseline of(ReplicationSource source, Connection present, CatalogTypes catalog, String exported,
			Position position) throws SQLException {
		Connection connection = source.connect();
		try {
			connection.setAutoCommit(false);
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			connection.setReadOnly(true);
			try (Statement statement = connection.createStatement()) {
				statement.execute("SET TRANSACTION SNAPSHOT '" + exported.replace("'", "''") + "'");
				statement.execute("SET LOCAL row_security = off");
			}
			SourceSnapshot seen = SourceSnapshot.of(connection);
			return new InitialBaseline(connection, present,
					new BaselineReader(catalog, source.settings().publication()),
					new SourceTransaction(position, seen.takenAt(), seen.max()));
		}
		catch (SQLException | RuntimeException | Error ex) {
			connection.close();
			throw ex;
		}
	}

	/**
	 * The moment that the rows are from.
	 */
	SourceTransaction moment() {
		return this.moment;
	}

	/**
	 * The tables that are to be copied.
	 */
	List<PublishedTable> tables() throws SQLException {
		return this.reader.tables(this.snapshot, this.moment.position());
	}

	/**
	 * Copies what was noted.
	 * @param sink where the rows go
	 * @param source the source as the sink knows it
	 * @param stopped whether to end early, between two chunks
	 */
	void copy(ChangeSink sink, SinkSource source, BaselineMonitor monitor, BooleanSupplier stopped)
			throws SQLException {
		List<PendingBaseline> tables = sink.baselines(source);
		monitor.pending(tables, tables.isEmpty() ? null : tables.get(0));
		for (PendingBaseline table : tables) {
			attempt(table, () -> estimate(table, monitor));
		}
		for (PendingBaseline table : tables) {
			attempt(table, () -> copy(table, sink, source, monitor, stopped));
		}
	}

	/**
	 * Does something with a table, and lets go of its lock.
	 */
	private void attempt(PendingBaseline table, Work work) throws SQLException {
		Savepoint savepoint = this.snapshot.setSavepoint();
		try {
			work.run();
		}
		catch (SQLException ex) {
			logger.debug("The rows of table {} are copied later, because they cannot be now", table, ex);
		}
		this.snapshot.rollback(savepoint);
	}

	private void estimate(PendingBaseline baseline, BaselineMonitor monitor) throws SQLException {
		PublishedTable table = this.reader.table(this.snapshot, baseline.oid(), this.moment.position());
		if (table != null) {
			monitor.expect(baseline, BaselineReader.estimate(this.snapshot, table));
		}
	}

	private void copy(PendingBaseline baseline, ChangeSink sink, SinkSource source, BaselineMonitor monitor,
			BooleanSupplier stopped) throws SQLException {
		PublishedTable table = locked(baseline);
		if (table == null) {
			logger.info("The rows of table {} are copied later: a statement has changed it meanwhile", baseline);
			return;
		}
		if (table.key().isEmpty()) {
			try (SinkWrite write = sink.begin(source, this.moment.position())) {
				long rows = this.reader.copy(this.snapshot, table, baseline, this.moment, write);
				write.commit();
				monitor.stored(baseline, rows, true);
			}
			return;
		}
		PendingBaseline next = baseline;
		boolean complete = false;
		while (!complete && !stopped.getAsBoolean()) {
			BaselineChunk chunk = this.reader.next(this.snapshot, table, next, this.moment, true);
			try (SinkWrite write = sink.begin(source, this.moment.position())) {
				write.append(chunk);
				write.commit();
			}
			monitor.stored(next, chunk.read(), chunk.complete());
			next = next.with(chunk);
			complete = chunk.complete();
		}
	}

	/**
	 * Keeps a table from being changed, unless it has been already.
	 */
	private @Nullable PublishedTable locked(PendingBaseline baseline) throws SQLException {
		if (!BaselineReader.lock(this.snapshot, this.present, baseline, LOCK_WAIT)
				|| !Objects.equals(structure(this.snapshot, baseline), structure(this.present, baseline))) {
			return null;
		}
		return this.reader.table(this.snapshot, baseline.oid(), this.moment.position());
	}

	private static @Nullable String structure(Connection connection, PendingBaseline baseline) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(STRUCTURE)) {
			statement.setLong(1, Integer.toUnsignedLong(baseline.oid()));
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getString(1);
			}
		}
	}

	@Override
	public void close() throws SQLException {
		this.snapshot.close();
	}

	/**
	 * Something that fails for one table only.
	 */
	private interface Work {

		void run() throws SQLException;

	}

}
