package io.bemi.ingestion;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.pgoutput.PgOutputDecoder;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.replication.LongMessageException;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.ReplicationStream;
import io.bemi.tracking.ColumnRules;

/**
 * One connection's worth of ingestion: from opening the slot to the first failure.
 */
final class IngestionSession implements AutoCloseable {

	private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	/** How long the stream is not read while something is being stored. */
	private static final long STORING_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

	/** What is being stored for longer has to wait for the store. */
	private static final long LONG_STORING_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Connection catalogConnection;

	private final Connection replication;

	private final ReplicationStream stream;

	private final StoringOutput output;

	private final TransactionAssembler assembler;

	private final BaselineCopier baselines;

	private final SlotMonitor slotMonitor;

	private final RowReader rows;

	private final ChosenTables tables;

	/** Of the last message, in bytes. */
	private long length;

	private final PgOutputDecoder decoder = new PgOutputDecoder();

	private final SlotHold hold;

	private final StreamKeeper keeper;

	private long storingSince;

	private IngestionSession(Connection catalogConnection, Connection replication, ReplicationStream stream,
			StoringOutput output, RowReader rows, TransactionAssembler assembler, BaselineCopier baselines,
			SlotMonitor slotMonitor, SlotHold hold, ChosenTables tables) {
		this.hold = hold;
		this.tables = tables;
		this.keeper = new StreamKeeper(stream, slotMonitor);
		this.catalogConnection = catalogConnection;
		this.replication = replication;
		this.stream = stream;
		this.output = output;
		this.rows = rows;
		this.assembler = assembler;
		this.baselines = baselines;
		this.slotMonitor = slotMonitor;
	}

	/**
	 * Connects, prepares slot and sink, and starts the stream.
	 * @param rules which columns are recorded, and how
	 * @param tables is told of which tables some are not
	 * @param skipRoles roles whose transactions may be left out
	 */
	static IngestionSession open(ReplicationSource source, ChangeSink sink, SlotPreparation preparation,
			ColumnRules rules, ChosenTables tables, Set<String> skipRoles) throws SQLException {
		Connection plain = source.connect();
		try {
			source.check(plain);
			Connection replication = null;
			try (Claim claim = Claim.of(source, plain)) {
				CatalogTypes catalog = new CatalogTypes(plain, rules);
				replication = source.connectForReplication();
				SinkSource start = preparation.prepare(plain, replication, catalog);
				if (!rules.isEmpty()) {
					// Rules that cannot be followed are reported now, not at the next
					// change.
					tables.note(catalog.published(plain, source.settings().publication(), null, Position.ZERO)
						.stream()
						.map(PublishedTable::relation)
						.toList(), rules);
				}
				ReplicationStream stream = source.stream(replication);
				SlotHold hold = SlotHold.of(source, plain, replication);
				claim.release();
				KeyMoves moves = new KeyMoves();
				StoringOutput output = new StoringOutput(sink, start, MemoryLimit.DEFAULT, moves,
						new Resumption(sink, start, preparation.confirmed()));
				Ordinals ordinals = Ordinals.of(start.part());
				RowReader rows = new RowReader(catalog, rules, sink.primaryKeys(start), ordinals,
						source.settings().group());
				TransactionAssembler assembler = new TransactionAssembler(output, rows, new XidEpoch(currentXid(plain)),
						MemoryLimit.DEFAULT, new SkipNotes(plain, skipRoles), ordinals);
				BaselineCopier baselines = new BaselineCopier(source, plain, output,
						new BaselineReader(catalog, source.settings().publication()), preparation.settings(),
						preparation.monitor(), moves);
				return new IngestionSession(plain, replication, stream, output, rows, assembler, baselines,
						preparation.slotMonitor(), hold, tables);
			}
			catch (SQLException | RuntimeException | Error ex) {
				closeQuietly(replication);
				throw ex;
			}
		}
		catch (SQLException | RuntimeException | Error ex) {
			closeQuietly(plain);
			throw ex;
		}
	}

	/**
	 * A 64-bit transaction id of about now.
	 */
	static long currentXid(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(
						"SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint")) {
			row.next();
			return row.getLong(1);
		}
	}

	/**
	 * Stores what arrives until told to stop, then what has arrived completely.
	 * @param stopped whether to stop at once
	 * @param retiring whether to stop where a transaction ends
	 */
	void run(BooleanSupplier stopped, BooleanSupplier retiring) {
		try {
			storeUntil(() -> stopped.getAsBoolean() || (retiring.getAsBoolean() && !this.assembler.inTransaction()));
		}
		catch (LongMessageException ex) {
			String what = (ex.relation() != 0) ? "A change of " + this.rows.name(ex.relation())
					: "A message that somebody has written to the log";
			throw NoMemoryException.of(what + " at " + ex.position(), ex.length(), transaction(), commit(), ex);
		}
		catch (LongImageException ex) {
			throw NoMemoryException.of("What a record of " + ex.table() + " was before a change", ex.length(),
					transaction(), commit(), ex);
		}
		catch (OutOfMemoryError ex) {
			throw NoMemoryException.of(ex, this.rows.last(), transaction(), commit(), this.length);
		}
	}

	private String transaction() {
		SourceTransaction transaction = this.assembler.transaction();
		return (transaction != null)
				? " (of transaction " + transaction.transactionId() + ", committed at " + transaction.position() + ")"
				: "";
	}

	private Position commit() {
		SourceTransaction transaction = this.assembler.transaction();
		return (transaction != null) ? transaction.position() : this.output.storedUpTo();
	}

	private void storeUntil(BooleanSupplier stopped) {
		while (!stopped.getAsBoolean()) {
			this.slotMonitor.look(this.catalogConnection);
			ByteBuffer message = this.stream.poll();
			this.keeper.read();
			if (message != null) {
				this.hold.proven();
				this.length = message.remaining();
				accept(this.decoder.decode(message));
			}
			else if (this.output.isStoring()) {
				awaitStored();
			}
			else if (this.output.hasPending()) {
				store();
			}
			else {
				this.hold.check();
				confirmIdle();
				if (!copyIdle()) {
					LockSupport.parkNanos(IDLE_NANOS);
				}
			}
		}
		store();
		this.output.awaitStored(Long.MAX_VALUE);
		this.stream.confirm(this.output.storedUpTo());
		this.stream.sendStatus();
	}

	/**
	 * Waits a moment, or for a store that takes long until it has done: so it is seen
	 * that this thread waits, too.
	 */
	private void awaitStored() {
		if (!this.output.awaitStored(STORING_NANOS) && System.nanoTime() - this.storingSince > LONG_STORING_NANOS) {
			this.output.awaitStored(Long.MAX_VALUE);
		}
		this.stream.confirm(this.output.storedUpTo());
	}

	/**
	 * Whether a change was stored.
	 */
	boolean hasStored() {
		return this.output.hasStored();
	}

	private void accept(PgOutputMessage message) {
		if (message instanceof Begin begin && this.baselines.isDue(begin.finalPosition())) {
			copy();
		}
		this.assembler.accept(this.stream.received(), message);
		if (message instanceof Relation relation) {
			this.rows.tracked(relation.oid()).ifPresent(this.tables::note);
		}
		if (message instanceof Relation || (message instanceof LogicalMessage other
				&& (Alteration.isOne(other) || SkipRights.isWanted(other)))) {
			this.baselines.refresh();
		}
		if (this.output.isFull()) {
			store();
		}
		if (message instanceof Commit) {
			this.stream.confirm(this.output.storedUpTo());
			this.baselines.advance(false);
		}
	}

	/**
	 * Goes on copying rows where the stream leaves time for it.
	 * @return whether there was something to do
	 */
	private boolean copyIdle() {
		if (this.assembler.inTransaction()) {
			return false;
		}
		if (this.baselines.isDue(this.stream.received())) {
			copy();
			return true;
		}
		return this.baselines.advance(true);
	}

	private void copy() {
		this.baselines.store();
		this.stream.confirm(this.output.storedUpTo());
	}

	private void store() {
		this.output.flush();
		this.storingSince = System.nanoTime();
		this.stream.confirm(this.output.storedUpTo());
	}

	/**
	 * With nothing under way everything that the server has read is done with: WAL of
	 * databases and tables that are not tracked is let go of.
	 */
	private void confirmIdle() {
		if (!this.assembler.inTransaction()) {
			this.output.skipTo(this.stream.received());
			this.stream.confirm(this.output.storedUpTo());
		}
	}

	@Override
	public void close() {
		this.baselines.close();
		// May have to wait for the store, while the slot is still looked after.
		this.output.close();
		this.keeper.close();
		try {
			this.stream.close();
		}
		catch (RuntimeException ex) {
			// The connection is closed next, which frees the slot as well.
		}
		closeQuietly(this.replication);
		closeQuietly(this.catalogConnection);
	}

	private static void closeQuietly(@org.jspecify.annotations.Nullable Connection connection) {
		if (connection != null) {
			try {
				connection.close();
			}
			catch (SQLException ex) {
				// Nothing depends on it any more.
			}
		}
	}

}
