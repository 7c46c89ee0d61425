package io.bemi.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.SourceIngester;
import io.bemi.kafka.KafkaSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingReport;
import io.bemi.tracking.TrackingSettings;
import io.bemi.worker.ShareView.Holder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one source, while this instance has its slot or all the time from Kafka, and
 * tells about it at any time.
 */
final class SourceReader {

	private static final Logger logger = LoggerFactory.getLogger(SourceReader.class);

	private static final Duration RETRY = Duration.ofSeconds(10);

	private final Source source;

	private final BemiIngestion ingestion;

	private volatile boolean held;

	private volatile boolean retiring;

	private volatile @Nullable Holder elsewhere;

	/** Why the group's tables are not published, or not read after that. */
	private volatile @Nullable String unpublished;

	private CountDownLatch ending = new CountDownLatch(1);

	private @Nullable Thread publisher;

	/**
	 * Creates one that reads nothing.
	 * @param source what it reads
	 * @param ingesters makes what reads it
	 */
	SourceReader(Source source, Function<Source, SourceIngester> ingesters) {
		this.source = source;
		this.ingestion = BemiIngestion.of(() -> ingesters.apply(source));
	}

	Source source() {
		return this.source;
	}

	BemiIngestion ingestion() {
		return this.ingestion;
	}

	/**
	 * Whether this instance has the slot, or reads from Kafka.
	 */
	boolean isHeld() {
		return this.held;
	}

	/**
	 * Whether it is to let go of it.
	 */
	boolean isRetiring() {
		return this.retiring;
	}

	void start() {
		this.held = true;
		this.retiring = false;
		this.elsewhere = null;
		TrackingSettings tracking = this.source.tracking();
		if (tracking == null) {
			this.ingestion.start();
			return;
		}
		CountDownLatch until = new CountDownLatch(1);
		this.ending = until;
		Thread thread = new Thread(() -> publish(tracking, until), "bemi-worker-publication");
		thread.setDaemon(true);
		this.publisher = thread;
		thread.start();
	}

	/**
	 * The tables of a group are published before there is a slot for them.
	 */
	private void publish(TrackingSettings tracking, CountDownLatch until) {
		try {
			while (until.getCount() > 0 && !(isPublished(tracking) && isStarted(until))) {
				until.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean isPublished(TrackingSettings tracking) {
		try (Connection connection = new ReplicationSource(this.source.replication()).connect()) {
			TrackingReport report = new Tracking(tracking).track(connection);
			report.untracked()
				.forEach((table) -> logger.warn("Table {}.{} of database '{}' is not recorded: {}", table.schema(),
						table.table(), this.source.database(), table.reason()));
			this.unpublished = null;
			return true;
		}
		// An Error, too, such as no memory: it is tried again.
		catch (Exception | Error ex) {
			tell("The tables of group '" + this.source + "' cannot be published: " + ex.getMessage());
			return false;
		}
	}

	/**
	 * Whether it is read now, or need not be any more.
	 */
	private boolean isStarted(CountDownLatch until) {
		synchronized (until) {
			try {
				if (until.getCount() > 0) {
					this.ingestion.start();
				}
				return true;
			}
			catch (RuntimeException | Error ex) {
				this.ingestion.stop();
				tell("Group '" + this.source + "' cannot be read: " + ex.getMessage());
				return false;
			}
		}
	}

	private void tell(String problem) {
		if (!problem.equals(this.unpublished)) {
			logger.warn("{}", problem);
		}
		this.unpublished = problem;
	}

	/**
	 * Lets go of the slot where a transaction ends, and does not wait for that.
	 */
	void retire() {
		this.retiring = true;
		end();
		this.ingestion.retire();
	}

	private void end() {
		CountDownLatch until = this.ending;
		synchronized (until) {
			until.countDown();
		}
	}

	/**
	 * Whether nothing is read any more, after {@link #retire()}.
	 */
	boolean isEnded() {
		Thread publishing = this.publisher;
		return this.retiring && (publishing == null || !publishing.isAlive())
				&& this.ingestion.status()
					.map(IngestionStatus::phase)
					.filter((phase) -> phase != Phase.STOPPED)
					.isEmpty();
	}

	/**
	 * Stops, and waits for that.
	 */
	void stop() {
		end();
		this.ingestion.stop();
		this.held = false;
		this.retiring = false;
		this.unpublished = null;
	}

	/**
	 * Takes note of who has the slot.
	 * @param holder the instance; {@code null} for nobody
	 */
	void seen(@Nullable Holder holder) {
		this.elsewhere = holder;
	}

	/**
	 * Why the source is not recorded, or soon will not be.
	 * @return the problem; {@code null} when there is none, as far as it is known here
	 */
	@Nullable String problem() {
		if (this.held) {
			String unpublished = this.unpublished;
			return (unpublished != null) ? unpublished : this.ingestion.problem().orElse(null);
		}
		return (this.elsewhere == null) ? "No instance reads it" : null;
	}

	/**
	 * What goes on, for people.
	 */
	String message() {
		Holder holder = this.elsewhere;
		if (this.held) {
			String unpublished = this.unpublished;
			return (unpublished != null) ? unpublished
					: this.ingestion.status()
						.map(IngestionStatus::message)
						.orElse("The tables of the group are being published");
		}
		return (holder != null) ? "Read by instance '" + holder.name() + "'" : "No instance reads it";
	}

	/**
	 * All that is known here, as a document.
	 */
	Map<String, Object> details() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("slot", this.source.slot());
		KafkaSettings kafka = this.source.kafka();
		if (kafka != null) {
			details.put("topics", kafka.prefix() + ".*");
			details.put("consumerGroup", kafka.group());
		}
		details.put("here", this.held);
		Holder holder = this.elsewhere;
		if (!this.held && holder != null) {
			details.put("readBy", holder.name());
		}
		if (this.held && this.ingestion.isRunning()) {
			Map<String, Object> known = new LinkedHashMap<>(this.ingestion.details());
			Object usage = known.remove("slot");
			if (usage != null) {
				known.put("log", usage);
			}
			details.putAll(known);
		}
		details.put("message", message());
		String problem = problem();
		if (problem != null) {
			details.put("problem", problem);
		}
		return details;
	}

}
