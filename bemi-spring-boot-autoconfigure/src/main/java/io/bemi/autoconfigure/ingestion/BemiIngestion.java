package io.bemi.autoconfigure.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.Gap;
import io.bemi.ingestion.IngestionProgress;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.Quarantine;
import io.bemi.ingestion.SourceIngester;
import io.bemi.ingestion.TableColumns;
import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Runs ingestion from before the application takes requests until after the last one has
 * ended. Never keeps the application from starting.
 */
public final class BemiIngestion implements SmartLifecycle {

	/**
	 * The phase: after tables are tracked, long before the web server starts.
	 */
	public static final int PHASE = Integer.MIN_VALUE + 2_000;

	private static final Logger logger = LoggerFactory.getLogger(BemiIngestion.class);

	private static final Duration SETTLE_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration PAUSE_TIMEOUT = Duration.ofSeconds(5);

	private final Supplier<Optional<SourceIngester>> creation;

	private final Duration patience;

	private volatile @Nullable SourceIngester ingester;

	/** Why there is no ingester, although there should be one. */
	private volatile @Nullable IngestionStatus refusal;

	BemiIngestion(Supplier<Optional<SourceIngester>> creation) {
		this(creation, SETTLE_TIMEOUT);
	}

	private BemiIngestion(Supplier<Optional<SourceIngester>> creation, Duration patience) {
		this.creation = creation;
		this.patience = patience;
	}

	/**
	 * Ingestion of one of several sources: its start waits for nothing.
	 * @param creation makes what it runs, anew for each start
	 * @return the ingestion, not started
	 */
	public static BemiIngestion of(Supplier<? extends SourceIngester> creation) {
		return new BemiIngestion(() -> Optional.of(creation.get()), Duration.ZERO);
	}

	@Override
	public void start() {
		try {
			SourceIngester started = this.creation.get().orElse(null);
			if (started == null) {
				logger.info("Changes are not recorded: there is no primary DataSource that says it is PostgreSQL."
						+ " Set 'bemi.replication.url', or 'bemi.ingestion.enabled=false' if that is intended");
				return;
			}
			this.ingester = started;
			started.start();
			if (!this.patience.isZero() && !started.awaitSettled(this.patience)) {
				logger.warn("The replication slot is not there yet: it waits for transactions that run now."
						+ " Changes that commit before it is there are recorded as a baseline, without their context");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RefusedRulesException ex) {
			String message = String.valueOf(ex.getMessage());
			this.refusal = new IngestionStatus(Phase.FAILED, message, ex.getCause());
			logger.error("Changes are not recorded: {}", message);
		}
		catch (RuntimeException ex) {
			logger.warn("Changes are not recorded: {}", ex.getMessage(), ex);
		}
	}

	/**
	 * What ingestion does now.
	 * @return the status; empty when it does not run here
	 */
	public Optional<IngestionStatus> status() {
		return Optional.ofNullable(this.ingester)
			.map(SourceIngester::status)
			.or(() -> Optional.ofNullable(this.refusal));
	}

	/**
	 * The columns that are not recorded as they are.
	 * @return of each table that has some; empty unless this instance has recorded
	 */
	public List<TableColumns> columns() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::columns).orElse(List.of());
	}

	/**
	 * How many rows could not be recorded as they are.
	 * @return the rows in quarantine; empty when ingestion does not run here
	 */
	public Optional<Quarantine> quarantine() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::quarantine);
	}

	/**
	 * How far the rows are copied that were there before changes of them were recorded.
	 * @return the progress; empty when ingestion does not run here
	 */
	public Optional<BaselineProgress> baseline() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::baseline);
	}

	/**
	 * How much of the log the server keeps for the slot: seen every ten seconds, while
	 * the source answers.
	 * @return what was seen last; empty when ingestion does not run here, or there is no
	 * slot
	 */
	public Optional<SlotUsage> slotUsage() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::slotUsage);
	}

	/**
	 * When the thread that records was last seen at work, where it is looked every ten
	 * seconds.
	 * @return by this process's clock; empty before the first time, and when ingestion
	 * does not run here
	 */
	public Optional<Instant> activeAt() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::activeAt);
	}

	/**
	 * For how long the thread that records, or stands by, was not seen at work; it is
	 * looked every ten seconds.
	 * @return the time; empty before the first time, and when ingestion does not run here
	 */
	public Optional<Duration> silence() {
		return activeAt().map((active) -> Duration.between(active, Instant.now()));
	}

	/**
	 * What was received and stored.
	 * @return by this instance; empty when ingestion does not run here
	 */
	public Optional<IngestionProgress> progress() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::progress);
	}

	/**
	 * How far the history is behind, by the time: what was committed so long ago is
	 * stored.
	 * @return the time, zero for less than twenty seconds; empty while it is not known
	 * here
	 */
	public Optional<Duration> lag() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::lag);
	}

	/**
	 * Pauses ingestion until {@link #resume()}, or until the application ends: what has
	 * arrived is stored, nothing more is read, and the server keeps the log. While this
	 * instance holds the slot no other one records; one that stands by is not paused.
	 * @return what ingestion does then; empty when it does not run here
	 */
	public Optional<IngestionStatus> pause() {
		SourceIngester running = this.ingester;
		if (running == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(running.pause(PAUSE_TIMEOUT));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Optional.of(running.status());
		}
	}

	/**
	 * Ends a pause.
	 */
	public void resume() {
		SourceIngester running = this.ingester;
		if (running != null) {
			running.resume();
		}
	}

	/**
	 * Whether ingestion is paused, or about to be.
	 */
	public boolean isPaused() {
		SourceIngester running = this.ingester;
		return running != null && running.isPaused();
	}

	/**
	 * All that is known here of ingestion, as the details of its health tell it.
	 * @return texts, numbers, booleans and maps of these, by their names
	 */
	public Map<String, Object> details() {
		return IngestionHealth.of(this).details();
	}

	/**
	 * Why changes are not recorded, or soon will not be: what health is down for.
	 * @return the problem; empty when there is none, or ingestion does not run here
	 */
	public Optional<String> problem() {
		return Optional.ofNullable(IngestionHealth.of(this).details().get("problem")).map(String::valueOf);
	}

	/**
	 * Where the history was last interrupted.
	 * @return the newest gap; empty when there is none, or it is not known here
	 */
	public Optional<Gap> lastGap() {
		return Optional.ofNullable(this.ingester).map(SourceIngester::lastGap);
	}

	/**
	 * How often the history was interrupted.
	 * @return the number of gaps; empty when it is not known here
	 */
	public OptionalLong gaps() {
		SourceIngester running = this.ingester;
		return (running != null) ? running.gaps() : OptionalLong.empty();
	}

	/**
	 * Lets another instance go on with the next transaction, and does not wait for that:
	 * then the phase is {@link Phase#STOPPED STOPPED}, and {@link #stop()} takes no time.
	 */
	public void retire() {
		SourceIngester running = this.ingester;
		if (running != null) {
			running.retire();
		}
	}

	@Override
	public void stop() {
		SourceIngester running = this.ingester;
		this.ingester = null;
		this.refusal = null;
		if (running != null) {
			running.close();
		}
	}

	@Override
	public boolean isRunning() {
		return this.ingester != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
