package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.bemi.change.Position;
import io.bemi.replication.ReplicationException;
import io.bemi.replication.ReplicationSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the rows of tables beside the stream, a chunk at a time: of tables that are
 * tracked later, and of those that were not complete when a process ended. A chunk is
 * read with a snapshot and waits until the stream has passed everything that the snapshot
 * may have seen. Then the history knows every change of its rows that it does not show,
 * and what the history knows nothing of is as it was when recording began.
 */
final class BaselineCopier implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BaselineCopier.class);

	/** Who waits for the lock makes others wait. */
	private static final int LOCK_WAIT = 50;

	private static final long RETRY_NANOS = 100_000_000;

	private static final String HEARTBEAT = "SELECT pg_catalog.pg_logical_emit_message(true, '_bemi_heartbeat', '')";

	private final ReplicationSource source;

	private final Connection present;

	private final StoringOutput output;

	private final BaselineReader reader;

	private final BaselineSettings settings;

	private final BaselineMonitor monitor;

	private final KeyMoves moves;

	private final Deque<PendingBaseline> pending = new ArrayDeque<>();

	/** What is left to the next session, by the number of the baseline. */
	private final Set<Long> failed = new HashSet<>();

	private final Set<Long> estimated = new HashSet<>();

	private @Nullable Connection connection;

	private @Nullable Waiting waiting;

	private boolean stale = true;

	private long notBefore;

	/**
	 * Creates one that copies nothing yet.
	 * @param present a connection that sees the source as it is
	 */
	BaselineCopier(ReplicationSource source, Connection present, StoringOutput output, BaselineReader reader,
			BaselineSettings settings, BaselineMonitor monitor, KeyMoves moves) {
		this.source = source;
		this.present = present;
		this.output = output;
		this.reader = reader;
		this.settings = settings;
		this.monitor = monitor;
		this.moves = moves;
	}

	/**
	 * Makes it look again for tables to copy.
	 */
	void refresh() {
		this.stale = true;
	}

	/**
	 * Reads the next chunk if none is waiting. Not within a transaction of the stream.
	 * @param idle whether the stream has nothing else to do
	 * @return whether there was something to do
	 */
	boolean advance(boolean idle) {
		if (this.waiting != null || (!this.stale && this.pending.isEmpty()) || System.nanoTime() < this.notBefore) {
			return false;
		}
		try {
			if (this.stale) {
				load();
			}
			PendingBaseline next = this.pending.peek();
			if (next == null) {
				close();
			}
			else if (this.settings.isExcluded(next.schema(), next.name())) {
				end(next, "Excluded by 'bemi.ingestion.baseline.exclude'");
			}
			else {
				read(open(), next, idle);
			}
		}
		catch (SQLException ex) {
			if (BaselineReader.isBusy(ex)) {
				// Some other table, which the look into the publication concerns as well.
				later();
				rollback();
			}
			else {
				fail(ex);
			}
		}
		return true;
	}

	private Connection open() throws SQLException {
		Connection open = this.connection;
		if (open == null) {
			open = this.source.connect();
			open.setAutoCommit(false);
			open.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			open.setReadOnly(true);
			this.connection = open;
		}
		return open;
	}

	private void load() throws SQLException {
		this.stale = false;
		List<PendingBaseline> tables = this.output.baselines();
		this.pending.clear();
		tables.stream().filter((table) -> !this.failed.contains(table.id())).forEach(this.pending::add);
		this.monitor.pending(tables, this.pending.peek());
		if (this.pending.isEmpty()) {
			this.moves.stop();
		}
		else if (!this.moves.isWatching()) {
			this.moves.watch(SourceSnapshot.nextTransaction(this.present));
		}
	}

	private void read(Connection open, PendingBaseline baseline, boolean idle) throws SQLException {
		if (!BaselineReader.lock(open, this.present, baseline, LOCK_WAIT)) {
			open.rollback();
			if (BaselineReader.exists(this.present, baseline)) {
				later();
			}
			else {
				end(baseline, "The table is gone");
			}
			return;
		}
		SourceSnapshot snapshot = SourceSnapshot.of(open);
		Position position = this.source.walPosition(open);
		PublishedTable table = this.reader.table(open, baseline.oid(), position);
		if (table == null) {
			open.rollback();
			end(baseline, "The table is not published");
			return;
		}
		boolean whole = table.key().isEmpty();
		if (!this.moves.covers(snapshot) || (whole && !idle)) {
			open.rollback();
			later();
			return;
		}
		if (this.estimated.add(baseline.id())) {
			this.monitor.expect(baseline, BaselineReader.estimate(open, table));
		}
		// Before every transaction that commits from there on.
		SourceTransaction moment = new SourceTransaction(new Position(position.value() - 1), snapshot.takenAt(),
				snapshot.max());
		BaselineChunk chunk = whole ? null : this.reader.next(open, table, baseline, moment, false);
		this.waiting = new Waiting(baseline, table, moment, position, snapshot, chunk);
		if (!whole) {
			open.rollback();
		}
		beat();
	}

	/**
	 * Moves the stream on, where nothing else does.
	 */
	private void beat() {
		try (Statement statement = this.present.createStatement()) {
			statement.execute(HEARTBEAT);
		}
		catch (SQLException ex) {
			// Not allowed, or a standby: then the next transaction does.
			logger.debug("No heartbeat: {}", ex.getMessage());
		}
	}

	/**
	 * Whether a chunk is waiting for no more than what has arrived.
	 * @param position up to where every transaction that committed has arrived
	 */
	boolean isDue(Position position) {
		return this.waiting != null && !this.waiting.position().isAfter(position);
	}

	/**
	 * Stores the chunk that is due, before anything later.
	 */
	void store() {
		Waiting due = this.waiting;
		this.waiting = null;
		if (due == null || due.baseline() != this.pending.peek()) {
			rollback();
			return;
		}
		try {
			if (!this.moves.covers(due.snapshot())
					|| (due.chunk() == null && this.moves.isWritten(due.baseline().oid(), due.snapshot()))) {
				later();
			}
			else if (due.chunk() != null) {
				store(due.chunk(), due.snapshot());
			}
			else {
				storeAll(due);
			}
		}
		catch (SQLException ex) {
			fail(ex);
		}
		rollback();
	}

	private void store(BaselineChunk chunk, SourceSnapshot snapshot) throws SQLException {
		List<RowChange> rows = new ArrayList<>();
		for (RowChange row : chunk.rows()) {
			String key = row.primaryKey();
			String now = (key != null) ? this.moves.keyOf(chunk.baseline().oid(), key, snapshot) : null;
			if (now != null) {
				rows.add(now.equals(key) ? row : row.movedTo(now));
			}
		}
		this.output.write((write) -> write.append(chunk.withRows(rows)));
		stored(chunk.baseline(), chunk.read(), chunk.complete());
		if (!chunk.complete()) {
			this.pending.addFirst(chunk.baseline().with(chunk));
		}
	}

	private void storeAll(Waiting due) throws SQLException {
		Connection open = open();
		long[] rows = new long[1];
		this.output
			.write((write) -> rows[0] = this.reader.copy(open, due.table(), due.baseline(), due.moment(), write));
		stored(due.baseline(), rows[0], true);
	}

	private void stored(PendingBaseline baseline, long rows, boolean complete) {
		this.monitor.stored(baseline, rows, complete);
		this.pending.poll();
		this.stale |= this.pending.isEmpty() && complete;
	}

	private void end(PendingBaseline baseline, String reason) throws SQLException {
		logger.info("The rows of table {} are not copied: {}", baseline, reason);
		this.output.write((write) -> write.endBaseline(baseline, reason));
		this.pending.poll();
		this.stale |= this.pending.isEmpty();
	}

	private void fail(SQLException ex) {
		PendingBaseline table = this.pending.poll();
		close();
		if (table == null || !isAbout(ex)) {
			throw new ReplicationException("The source cannot be read: " + ex.getMessage(), ex);
		}
		logger.warn(
				"The rows of table {} cannot be copied: {}. That is tried again when ingestion starts again;"
						+ " until then, values from before the first change of each of its rows are unknown",
				table, ex.getMessage());
		this.failed.add(table.id());
		this.stale = true;
	}

	/**
	 * Whether it is the table that is wrong, and not the connection or the server.
	 */
	private static boolean isAbout(SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		return Stream.of("08", "53", "57", "58", "XX").noneMatch(state::startsWith);
	}

	/**
	 * Goes on with another table, and with this one later.
	 */
	private void later() {
		PendingBaseline table = this.pending.poll();
		if (table != null) {
			this.pending.addLast(table);
		}
		this.notBefore = System.nanoTime() + RETRY_NANOS;
	}

	private void rollback() {
		try {
			if (this.connection != null) {
				this.connection.rollback();
			}
		}
		catch (SQLException ex) {
			close();
		}
	}

	@Override
	public void close() {
		Connection open = this.connection;
		this.connection = null;
		this.waiting = null;
		if (open != null) {
			try {
				open.close();
			}
			catch (SQLException ex) {
				// Nothing depends on it any more.
			}
		}
	}

	/**
	 * What was read, or is to be read, and waits for the stream.
	 *
	 * @param baseline what it belongs to
	 * @param table the table
	 * @param moment the transaction that rows are said to be from
	 * @param position from where on commits are not seen by the snapshot
	 * @param snapshot what was seen
	 * @param chunk the rows; {@code null} of a table without key, which is read whole
	 */
	private record Waiting(PendingBaseline baseline, PublishedTable table, SourceTransaction moment, Position position,
			SourceSnapshot snapshot, @Nullable BaselineChunk chunk) {
	}

}
