package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.bemi.change.Position;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.HeapRoom;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SlotInUseException;
import io.bemi.replication.SlotState;
import io.bemi.replication.SlotUsage;
import io.bemi.replication.UnreadableSlotException;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the changes of one source into a sink, on a thread of its own, for as long as it
 * is not closed. Of several instances one streams, the others stand by and take over.
 * Whatever fails is said once, with what to do about it, and tried again.
 */
public final class Ingester implements SourceIngester {

	private static final Logger logger = LoggerFactory.getLogger(Ingester.class);

	private static final Duration STANDBY_INTERVAL = Duration.ofSeconds(1);

	private static final int ANSWER_MILLIS = 10_000;

	private final ReplicationSource source;

	private final WatchedSink sink;

	private final CountDownLatch settled = new CountDownLatch(1);

	private final CountDownLatch stopping = new CountDownLatch(1);

	private final SlotPreparation preparation;

	private final SlotMonitor slotMonitor;

	private final ColumnRules rules;

	private final Set<String> skipRoles;

	private final ChosenTables tables = new ChosenTables();

	private final Pause pause;

	private final Thread thread;

	private final Backoff backoff = new Backoff(ThreadLocalRandom.current()::nextDouble);

	private volatile boolean stopped;

	/** Whether to stop where a transaction ends. */
	private volatile boolean retiring;

	private volatile IngestionStatus status = new IngestionStatus(Phase.STARTING, "Ingestion is starting", null);

	/**
	 * Creates an ingester that does not run yet.
	 * @param source where changes come from
	 * @param sink where they go; closed with the ingester
	 */
	public Ingester(ReplicationSource source, ChangeSink sink) {
		this(source, sink, BaselineSettings.ALL);
	}

	/**
	 * Creates an ingester that does not run yet.
	 * @param source where changes come from
	 * @param sink where they go; closed with the ingester
	 * @param settings which rows are copied that are there already
	 */
	public Ingester(ReplicationSource source, ChangeSink sink, BaselineSettings settings) {
		this(source, sink, settings, ColumnRules.NONE, IngestionListener.NONE);
	}

	/**
	 * Creates an ingester that does not run yet.
	 * @param source where changes come from
	 * @param sink where they go; closed with the ingester
	 * @param settings which rows are copied that are there already
	 * @param rules which columns are recorded, and how
	 */
	public Ingester(ReplicationSource source, ChangeSink sink, BaselineSettings settings, ColumnRules rules) {
		this(source, sink, settings, rules, IngestionListener.NONE);
	}

	/**
	 * Creates an ingester that does not run yet.
	 * @param source where changes come from
	 * @param sink where they go; closed with the ingester
	 * @param settings which rows are copied that are there already
	 * @param rules which columns are recorded, and how
	 * @param listener is told what is stored
	 */
	public Ingester(ReplicationSource source, ChangeSink sink, BaselineSettings settings, ColumnRules rules,
			IngestionListener listener) {
		this(source, sink, settings, rules, Set.of(), listener);
	}

	/**
	 * Creates an ingester that does not run yet.
	 * @param source where changes come from
	 * @param sink where they go; closed with the ingester
	 * @param settings which rows are copied that are there already
	 * @param rules which columns are recorded, and how
	 * @param skipRoles roles whose transactions may say that nothing of them is recorded
	 * @param listener is told what is stored
	 */
	public Ingester(ReplicationSource source, ChangeSink sink, BaselineSettings settings, ColumnRules rules,
			Set<String> skipRoles, IngestionListener listener) {
		this.source = source;
		this.rules = rules;
		this.skipRoles = Set.copyOf(skipRoles);
		this.sink = new WatchedSink(sink, listener);
		this.slotMonitor = new SlotMonitor(source);
		this.pause = new Pause(source, this.slotMonitor);
		this.preparation = new SlotPreparation(source, this.sink, settings, new BaselineMonitor(), this.slotMonitor,
				this.settled::countDown, this::isEnding);
		this.thread = new Thread(this::run, "bemi-ingestion");
		this.thread.setDaemon(true);
	}

	@Override
	public void start() {
		this.thread.start();
	}

	@Override
	public boolean awaitSettled(Duration timeout) throws InterruptedException {
		return this.settled.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public IngestionStatus status() {
		IngestionStatus current = this.status;
		BaselineProgress baseline = baseline();
		return (current.phase() == Phase.STARTING && !baseline.isComplete()) ? new IngestionStatus(Phase.STARTING,
				"Copying the rows that are there before changes are read: " + baseline, null) : current;
	}

	@Override
	public BaselineProgress baseline() {
		return this.preparation.monitor().progress();
	}

	@Override
	public List<TableColumns> columns() {
		return this.tables.all();
	}

	@Override
	public Quarantine quarantine() {
		return this.sink.quarantine();
	}

	@Override
	public @Nullable SlotUsage slotUsage() {
		return this.slotMonitor.usage();
	}

	@Override
	public @Nullable Instant activeAt() {
		return this.slotMonitor.activeAt();
	}

	@Override
	public IngestionProgress progress() {
		return this.sink.progress().withReceived(this.source.receivedBytes());
	}

	@Override
	public @Nullable Duration lag() {
		return this.sink.progress().lag(this.slotMonitor.upToDateAt());
	}

	/**
	 * Pauses ingestion: what has arrived is stored, and nothing more is read until
	 * {@link #resume()}, or until another instance has the slot because this one is
	 * closed, or has lost its connection. Until then no other instance reads it, and the
	 * server keeps the log.
	 * @param patience how long to wait for that
	 * @return what the ingester does then; one that stands by is not paused
	 * @throws InterruptedException when the thread is interrupted
	 */
	@Override
	public IngestionStatus pause(Duration patience) throws InterruptedException {
		if (this.status.phase() != Phase.STANDBY) {
			this.pause.begin();
			this.pause.awaitReached(patience);
		}
		return status();
	}

	@Override
	public void resume() {
		this.pause.end();
	}

	@Override
	public boolean isPaused() {
		return this.pause.isWanted();
	}

	@Override
	public @Nullable Gap lastGap() {
		return this.sink.lastGap();
	}

	@Override
	public OptionalLong gaps() {
		return this.sink.gaps();
	}

	private void run() {
		while (!this.stopped && !this.retiring) {
			try {
				if (this.pause.isWanted()) {
					holdStill();
				}
				else {
					streamUntilStopped();
				}
			}
			catch (SlotInUseException ex) {
				standBy(ex);
				this.backoff.reset();
			}
			catch (FencedException ex) {
				logger.info("{}", ex.getMessage());
				standBy(ex);
				this.backoff.reset();
			}
			catch (NoMemoryException ex) {
				failed(ex);
				awaitMemory(ex);
				this.backoff.reset();
			}
			catch (Exception | Error ex) {
				// An Error too, such as no memory: the thread must not end while the
				// application
				// runs.
				failed(ex);
				this.slotMonitor.look();
				rest(isOutOfMemory(ex) ? Backoff.LONGEST : this.backoff.next());
			}
		}
		this.pause.release();
		this.sink.close();
		report(new IngestionStatus(Phase.STOPPED, "Ingestion has stopped", null));
	}

	private void streamUntilStopped() throws SQLException {
		try (IngestionSession session = IngestionSession.open(this.source, this.sink, this.preparation, this.rules,
				this.tables, this.skipRoles)) {
			report(new IngestionStatus(Phase.STREAMING, "Streaming from slot '" + this.source.settings().slot() + "'",
					null));
			this.settled.countDown();
			long begun = System.nanoTime();
			try {
				session.run(this::isHalted, () -> this.retiring);
				if (this.pause.isWanted()) {
					this.pause.claim();
				}
			}
			finally {
				// A store that takes connections and nothing else is not tried twice a
				// second.
				if (session.hasStored() || System.nanoTime() - begun > Backoff.LONGEST.toNanos()) {
					this.backoff.reset();
				}
			}
		}
		catch (BrokenHistoryException ex) {
			this.preparation.broken(ex);
		}
		catch (UnreadableSlotException ex) {
			this.preparation.unreadable(ex);
		}
	}

	private boolean isHalted() {
		return this.stopped || this.pause.isWanted();
	}

	private boolean isEnding() {
		return isHalted() || this.retiring;
	}

	private void holdStill() throws InterruptedException {
		this.sink.close();
		report(new IngestionStatus(Phase.PAUSED, this.pause.look(), null));
		this.settled.countDown();
		this.pause.await(STANDBY_INTERVAL);
		if (!this.pause.isWanted()) {
			this.pause.release();
			report(new IngestionStatus(Phase.STARTING, "Ingestion goes on", null));
		}
	}

	/**
	 * Tries again only when there is memory, or somebody else has got past the place: to
	 * get there may have taken hours.
	 */
	private void awaitMemory(NoMemoryException ex) {
		this.sink.close();
		do {
			rest(Backoff.LONGEST);
		}
		while (!isEnding() && !HeapRoom.isFree(ex.needed()) && !isPassed(ex.commit()));
	}

	private boolean isPassed(Position position) {
		try (Connection connection = this.source.connect()) {
			SlotState slot = this.source.slot(connection);
			return slot == null || slot.active() || (slot.confirmed() != null && slot.confirmed().isAfter(position));
		}
		catch (SQLException | RuntimeException ex) {
			return false;
		}
	}

	/**
	 * Looks every second whether the slot is free, over one connection.
	 */
	private void standBy(RuntimeException cause) {
		this.sink.close();
		boolean wasActive = false;
		try (Connection connection = this.source.connect()) {
			// Of a server that has vanished no answer comes, and another may have taken
			// its place.
			connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
			while (!isEnding()) {
				SlotState slot = this.source.slot(connection);
				if (slot != null) {
					this.settled.countDown();
				}
				if (slot == null || !slot.active()) {
					break;
				}
				wasActive = true;
				this.slotMonitor.look(connection);
				report(new IngestionStatus(Phase.STANDBY,
						"Standing by: slot '" + this.source.settings().slot() + "' is used by " + slot.holder(), null));
				rest(STANDBY_INTERVAL);
			}
		}
		catch (Exception ex) {
			failed(ex);
		}
		if (!wasActive) {
			// Another instance prepares the slot, or does not answer.
			if (this.status.phase() != Phase.FAILED) {
				report(new IngestionStatus(Phase.STANDBY, "Standing by: " + cause.getMessage(), null));
			}
			rest(STANDBY_INTERVAL);
		}
	}

	private void failed(Throwable ex) {
		if (this.stopped) {
			return;
		}
		String message = (ex.getMessage() != null) ? ex.getMessage() : ex.toString();
		report(new IngestionStatus(Phase.FAILED, message, ex));
		this.settled.countDown();
	}

	private void report(IngestionStatus next) {
		IngestionStatus previous = this.status;
		this.status = next;
		if (previous.phase() == next.phase() && previous.message().equals(next.message())) {
			return;
		}
		if (next.phase() == Phase.FAILED) {
			logger.warn("Changes are not recorded now; they will be once this is mended: {} (slot '{}')",
					next.message(), this.source.settings().slot());
			logger.debug("Ingestion failed", next.cause());
		}
		else {
			logger.info("{}", next.message());
		}
	}

	private void rest(Duration duration) {
		try {
			if (this.stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
				this.stopped = true;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.stopped = true;
		}
	}

	/**
	 * The driver wraps it.
	 */
	private static boolean isOutOfMemory(@Nullable Throwable ex) {
		return ex instanceof OutOfMemoryError || (ex != null && isOutOfMemory(ex.getCause()));
	}

	/**
	 * Stops where the transaction ends that is arriving, so that another instance goes on
	 * with the next one. Does not wait for that: then the phase is {@link Phase#STOPPED
	 * STOPPED}.
	 */
	@Override
	public void retire() {
		this.retiring = true;
		this.stopping.countDown();
		this.pause.end();
	}

	@Override
	public void close() {
		this.stopped = true;
		this.stopping.countDown();
		this.pause.end();
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(10));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
