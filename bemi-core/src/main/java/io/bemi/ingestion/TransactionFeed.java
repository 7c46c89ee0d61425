package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SourceIdentity;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores transactions that somebody else has read from a slot: in the order of their
 * commits, each one as the messages that the slot's stream has for it. Everything behind
 * the stream is the same. Used by one thread.
 */
public final class TransactionFeed implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TransactionFeed.class);

	private static final String IDENTITY = """
			SELECT (SELECT system_identifier FROM pg_catalog.pg_control_system())::text,
			       (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()), pg_catalog.current_database()
			""";

	/** Nothing is compared with what is stored: it may have been sent long ago. */
	private static final Position NEVER_SENT_AGAIN = new Position(-1);

	private final Connection catalogConnection;

	private final StoringOutput output;

	private final TransactionAssembler assembler;

	private final BaselineCopier baselines;

	private final BaselineMonitor monitor;

	private TransactionFeed(Connection catalogConnection, StoringOutput output, TransactionAssembler assembler,
			BaselineCopier baselines, BaselineMonitor monitor) {
		this.catalogConnection = catalogConnection;
		this.output = output;
		this.assembler = assembler;
		this.baselines = baselines;
		this.monitor = monitor;
	}

	/**
	 * Connects to the source's catalogue and to the sink. A source that the sink does not
	 * know has its history begin, and the rows of its tables copied beside what is fed.
	 * @param source the source; its slot is the one that somebody else reads
	 * @param sink where changes go, closed by the caller
	 * @param first before the first transaction of a source that the sink does not know
	 * @param settings which rows are copied that are there already
	 * @param rules which columns are recorded, and how
	 * @param missing a place in the log of which it is certain that it was not sent: a
	 * history that ends before it is continued after a gap; {@code null} for none
	 * @return the feed
	 * @throws SQLException when the source cannot be asked
	 * @throws SinkException when the sink cannot be used
	 */
	public static TransactionFeed open(ReplicationSource source, ChangeSink sink, Position first,
			BaselineSettings settings, ColumnRules rules, @Nullable Position missing) throws SQLException {
		Connection plain = source.connect();
		try {
			CatalogTypes catalog = new CatalogTypes(plain, rules);
			String publication = source.settings().publication();
			SourceIdentity identity = identity(source, plain);
			SinkSource start = withoutMissing(sink, sink.open(identity), identity, missing);
			if (start.position() == null) {
				SourceSnapshot now = SourceSnapshot.of(plain);
				SourceTransaction moment = new SourceTransaction(first, now.takenAt(), now.max());
				SlotPreparation.request(sink, settings, start,
						catalog.published(plain, publication, null, moment.position()), moment);
				start = start.at(first);
			}
			KeyMoves moves = new KeyMoves();
			StoringOutput output = new StoringOutput(sink, start, MemoryLimit.DEFAULT, moves,
					new Resumption(sink, start, NEVER_SENT_AGAIN));
			RowReader rows = new RowReader(catalog, rules, sink.primaryKeys(start));
			TransactionAssembler assembler = new TransactionAssembler(output, rows,
					new XidEpoch(IngestionSession.currentXid(plain)), MemoryLimit.DEFAULT, SkipRights.NONE);
			BaselineMonitor monitor = new BaselineMonitor();
			BaselineCopier baselines = new BaselineCopier(source, plain, output,
					new BaselineReader(catalog, publication), settings, monitor, moves);
			return new TransactionFeed(plain, output, assembler, baselines, monitor);
		}
		catch (SQLException | RuntimeException | Error ex) {
			plain.close();
			throw ex;
		}
	}

	private static SinkSource withoutMissing(ChangeSink sink, SinkSource known, SourceIdentity identity,
			@Nullable Position missing) {
		Position end = known.position();
		if (missing == null || end == null || end.isAfter(missing)) {
			return known;
		}
		String reason = "What was committed around " + missing + " was not sent: slot '" + identity.slot()
				+ "' was dropped and created anew, or read by others";
		logger.warn("The history of database '{}' has a gap since {}, see bemi.gap: {}. Rows are copied anew",
				identity.database(), end, reason);
		return sink.supersede(known, identity, reason);
	}

	private static SourceIdentity identity(ReplicationSource source, Connection plain) throws SQLException {
		try (Statement statement = plain.createStatement(); ResultSet row = statement.executeQuery(IDENTITY)) {
			row.next();
			return new SourceIdentity(Objects.requireNonNull(row.getString(1)), row.getInt(2),
					Objects.requireNonNull(row.getString(3)), source.settings().slot());
		}
	}

	/**
	 * Up to where the history is stored: the commit of the last transaction that has
	 * changed something, or further.
	 */
	public Position position() {
		return this.output.storedUpTo().previous();
	}

	/**
	 * How far the rows that were there before recording are copied. May be called by any
	 * thread.
	 */
	public BaselineProgress baseline() {
		return this.monitor.progress();
	}

	/**
	 * Takes the next message. It is stored together with others, at the latest by
	 * {@link #store()}.
	 * @param position the position that the stream gives it
	 * @param message the message; of a transaction that is stored nothing is taken
	 * @throws SinkException when the sink cannot be used
	 */
	public void accept(Position position, PgOutputMessage message) {
		if (message instanceof Begin begin && this.baselines.isDue(begin.finalPosition())) {
			this.baselines.store();
		}
		this.assembler.accept(position, message);
		if (message instanceof Relation || (message instanceof LogicalMessage other && Alteration.isOne(other))) {
			this.baselines.refresh();
		}
		if (this.output.isFull()) {
			this.output.flush();
		}
		if (message instanceof Commit) {
			this.baselines.advance(false);
		}
	}

	/**
	 * Waits until everything is stored that was taken.
	 * @throws SinkException when the sink cannot be used
	 */
	public void store() {
		this.output.flush();
		this.output.awaitStored(Long.MAX_VALUE);
	}

	/**
	 * Goes on copying rows while there is nothing to take. A chunk is stored at the next
	 * transaction, which it brings about itself.
	 * @return whether there was something to do
	 */
	public boolean advance() {
		return !this.assembler.inTransaction() && this.baselines.advance(true);
	}

	@Override
	public void close() {
		this.baselines.close();
		this.output.close();
		try {
			this.catalogConnection.close();
		}
		catch (SQLException ex) {
			// Nothing depends on it any more.
		}
	}

}
