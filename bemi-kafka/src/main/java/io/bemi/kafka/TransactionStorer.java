package io.bemi.kafka;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.bemi.change.Position;
import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.ChangeSink;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.TransactionFeed;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.StagedTransactions.Arrived;
import io.bemi.replication.ReplicationSource;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores complete transactions in the order of their commits, on a thread of its own:
 * whoever holds the partition of the transactions has one. Should there be two for a
 * moment, the sink lets only one of them write.
 */
final class TransactionStorer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TransactionStorer.class);

	private static final Duration SHORTEST_REST = Duration.ofMillis(10);

	private static final Duration LONGEST_REST = Duration.ofMillis(500);

	private static final Duration REST_AFTER_FAILURE = Duration.ofSeconds(1);

	private static final long CLEAN_NANOS = TimeUnit.SECONDS.toNanos(20);

	private final Staging staging;

	private final ReplicationSource source;

	private final ChangeSink sink;

	private final BaselineSettings baselines;

	private final ColumnRules rules;

	private final CountDownLatch stopping = new CountDownLatch(1);

	private final Thread thread;

	private volatile String state = "Waiting for the first transaction";

	private volatile boolean failed;

	/** Whether nothing waits in the store that is complete. */
	private volatile boolean idle;

	private final ConnectorWatch watch;

	/** Where nothing has come of what was committed. */
	private @Nullable Position missing;

	private volatile @Nullable TransactionFeed feed;

	private volatile Instant activeAt = Instant.now();

	private long cleanedAt = System.nanoTime() - CLEAN_NANOS;

	private final IncompleteTransaction incomplete = new IncompleteTransaction(System::nanoTime);

	/**
	 * Creates one, which runs at once, but not before another one with the same sink has
	 * ended.
	 * @param allRead whether everything has been read that Kafka has
	 */
	TransactionStorer(Staging staging, ReplicationSource source, ChangeSink sink, BaselineSettings baselines,
			ColumnRules rules, BooleanSupplier allRead) {
		this.staging = staging;
		this.source = source;
		this.sink = sink;
		this.baselines = baselines;
		this.rules = rules;
		this.thread = new Thread(this::run, "bemi-kafka-storing");
		this.thread.setDaemon(true);
		this.thread.start();
		this.watch = new ConnectorWatch(staging, source, () -> this.idle && allRead.getAsBoolean());
	}

	/**
	 * What it does now, for people.
	 */
	String state() {
		return this.state;
	}

	boolean isFailed() {
		return this.failed;
	}

	IngestionStatus status() {
		String problem = this.watch.problem();
		if (!this.failed && problem != null) {
			return new IngestionStatus(Phase.FAILED, problem, null);
		}
		return new IngestionStatus(this.failed ? Phase.FAILED : Phase.STREAMING, this.state, null);
	}

	ConnectorWatch watch() {
		return this.watch;
	}

	BaselineProgress baseline() {
		TransactionFeed open = this.feed;
		return (open != null) ? open.baseline() : BaselineProgress.NONE;
	}

	/**
	 * When it was last seen at work.
	 */
	Instant activeAt() {
		return this.activeAt;
	}

	private void run() {
		synchronized (this.sink) {
			runAlone();
		}
	}

	private void runAlone() {
		while (!isStopped()) {
			try {
				storeUntilStopped();
			}
			catch (Exception | Error ex) {
				this.failed = true;
				this.state = String.valueOf(ex.getMessage());
				logger.warn("Changes that came by Kafka are not stored now; they will be once this is mended: {}",
						this.state);
				logger.debug("Storing failed", ex);
				rest(REST_AFTER_FAILURE);
			}
		}
	}

	private void storeUntilStopped() throws SQLException {
		Connection connection = this.staging.connectForLong();
		try (StagedTransactions staged = new StagedTransactions(connection, this.staging.feed(connection))) {
			staged.look();
			Position after = (this.missing != null) ? this.missing : staged.missing(Position.ZERO);
			Position first = staged.first(after);
			staged.leave();
			while (first == null) {
				this.activeAt = Instant.now();
				if (rest(LONGEST_REST)) {
					return;
				}
				staged.look();
				first = staged.first(after);
				staged.leave();
			}
			try (Connection catalogue = this.source.connect();
					TransactionFeed open = TransactionFeed.open(this.source, this.sink, first.previous().previous(),
							this.baselines, this.rules, this.missing)) {
				this.missing = null;
				this.feed = open;
				store(staged, open, new SourceTables(catalogue));
			}
		}
		finally {
			this.feed = null;
			this.sink.close();
		}
	}

	private void store(StagedTransactions staged, TransactionFeed open, SourceTables source) throws SQLException {
		Map<TableDescription, StagedTable> tables = new IdentityHashMap<>();
		StagedTransaction transaction = new StagedTransaction(open,
				(description) -> tables.computeIfAbsent(description, (same) -> table(same, source)), tables::clear);
		// The last byte of the commit of what is stored, or anything further.
		Position done = open.position().next();
		Duration rest = SHORTEST_REST;
		while (!isStopped()) {
			this.activeAt = Instant.now();
			staged.look();
			List<Arrived> next = staged.next(done);
			List<End> complete = complete(next);
			if (!complete.isEmpty()) {
				this.idle = false;
				Position hole = staged.missing(done);
				if (hole != null) {
					complete.removeIf((end) -> end.position().isAfter(hole));
					if (complete.isEmpty()) {
						this.missing = hole;
						return;
					}
				}
				staged.read(complete, (end, change) -> {
					this.activeAt = Instant.now();
					transaction.accept(end, change);
				});
				staged.leave();
				transaction.finish();
				open.store();
				staged.remove(complete);
				done = complete.get(complete.size() - 1).position();
				rest = SHORTEST_REST;
				this.failed = false;
				this.state = "Stored up to " + open.position();
				continue;
			}
			staged.leave();
			this.idle = next.isEmpty();
			explain(next);
			clean(staged, done);
			if (!open.advance()) {
				rest(rest);
				rest = rest.multipliedBy(2).compareTo(LONGEST_REST) < 0 ? rest.multipliedBy(2) : LONGEST_REST;
			}
		}
	}

	private static StagedTable table(TableDescription description, SourceTables source) {
		try {
			return StagedTable.of(description, source);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The source's catalogue cannot be read: " + ex.getMessage(), ex);
		}
	}

	private static List<End> complete(List<Arrived> next) {
		List<End> complete = new ArrayList<>();
		for (Arrived arrived : next) {
			// A large one is read by itself.
			if (!arrived.isComplete() || (!complete.isEmpty() && arrived.isLarge())) {
				break;
			}
			complete.add(arrived.end());
		}
		return complete;
	}

	/**
	 * Says what is waited for, and warns when that takes long.
	 */
	private void explain(List<Arrived> next) {
		if (next.isEmpty()) {
			this.failed = false;
			return;
		}
		boolean warn = this.incomplete.see(next.get(0));
		this.state = this.incomplete.toString();
		this.failed = this.incomplete.isStuck();
		if (warn) {
			logger.warn("{}", this.state);
		}
	}

	private void clean(StagedTransactions staged, Position done) throws SQLException {
		if (System.nanoTime() - this.cleanedAt > CLEAN_NANOS) {
			staged.clean(done);
			this.cleanedAt = System.nanoTime();
		}
	}

	private boolean isStopped() {
		return this.stopping.getCount() == 0;
	}

	/**
	 * Waits.
	 * @return whether it has been stopped
	 */
	private boolean rest(Duration duration) {
		try {
			return this.stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.stopping.countDown();
			return true;
		}
	}

	/**
	 * Stops after what is being stored, and waits for that.
	 */
	@Override
	public void close() {
		this.stopping.countDown();
		this.watch.close();
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(10));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
