package io.bemi.worker;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.kafka.KafkaSettings;
import io.bemi.store.StoreSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Reads its share of the sources: looks every second who else is there, takes what is
 * free, and lets go of what it has too much of, one at a time. That two instances never
 * read the same does not depend on it: the server gives a slot to one only. What comes by
 * Kafka is shared out by Kafka, among all who run.
 */
final class Worker implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Worker.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	/** While something is about to be let go of. */
	private static final Duration SHORT_INTERVAL = Duration.ofMillis(100);

	private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(10);

	private final StoreSettings store;

	private final String name;

	private final List<SourceReader> all;

	/** Those whose slots are shared out, by their slots. */
	private final Map<String, SourceReader> readers = new LinkedHashMap<>();

	private final Shares shares;

	private @Nullable ShareSession session;

	private volatile @Nullable ShareView view;

	private volatile CountDownLatch stopping = new CountDownLatch(0);

	private @Nullable Thread thread;

	private int failures;

	/**
	 * Creates a worker that does not run yet.
	 * @param store where everything is stored
	 * @param name the name of the instance
	 * @param readers one per source
	 */
	Worker(StoreSettings store, String name, List<SourceReader> readers) {
		this.store = store;
		this.name = name;
		this.all = List.copyOf(readers);
		for (SourceReader reader : readers) {
			if (reader.source().kafka() == null) {
				this.readers.put(reader.source().slot(), reader);
			}
		}
		this.shares = new Shares(List.copyOf(this.readers.keySet()));
	}

	String name() {
		return this.name;
	}

	List<SourceReader> readers() {
		return this.all;
	}

	/**
	 * Who reads what.
	 * @return what was seen last; {@code null} while the store is not there
	 */
	@Nullable ShareView view() {
		return this.view;
	}

	@Override
	public void start() {
		CountDownLatch until = new CountDownLatch(1);
		this.stopping = until;
		Thread started = new Thread(() -> run(until), "bemi-worker");
		this.thread = started;
		started.start();
		for (SourceReader reader : this.all) {
			KafkaSettings kafka = reader.source().kafka();
			if (kafka != null) {
				logger.info("Reading database '{}' from Kafka, topics '{}.*', as one of group '{}'", reader.source(),
						kafka.prefix(), kafka.group());
				reader.start();
			}
		}
	}

	private void run(CountDownLatch until) {
		logger.info("Worker '{}' shares in {} slots", this.name, this.readers.size());
		try {
			Duration pause = Duration.ZERO;
			while (!until.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
				pause = look();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Does what is to be done now.
	 * @return how long to wait before the next time
	 */
	private Duration look() {
		try {
			share(session());
			this.failures = 0;
			boolean moving = this.readers.values().stream().anyMatch(SourceReader::isRetiring);
			return moving ? SHORT_INTERVAL : INTERVAL;
		}
		// An Error, too, such as no memory for a thread: it is tried again.
		catch (Exception | Error ex) {
			disconnected(ex);
			Duration pause = INTERVAL.multipliedBy(this.failures);
			return (pause.compareTo(LONGEST_INTERVAL) < 0) ? pause : LONGEST_INTERVAL;
		}
	}

	/**
	 * What was read goes on being read meanwhile: nobody else takes the slot from who
	 * streams.
	 */
	private void disconnected(Throwable ex) {
		this.failures++;
		if (this.failures == 1) {
			logger.warn("The store cannot be asked who reads what; it is tried again: {}", ex.getMessage());
			logger.debug("The session in the store is lost", ex);
		}
		closeSession();
	}

	private void closeSession() {
		ShareSession open = this.session;
		this.session = null;
		this.view = null;
		if (open != null) {
			open.close();
		}
	}

	private ShareSession session() throws SQLException {
		ShareSession open = this.session;
		if (open == null) {
			open = ShareSession.open(this.store, this.name, List.copyOf(this.readers.keySet()));
			this.session = open;
			for (SourceReader reader : this.readers.values()) {
				if (reader.isHeld() && !open.take(reader.source().slot())) {
					logger.info("Another instance has taken slot '{}' meanwhile", reader.source().slot());
					reader.retire();
				}
			}
		}
		return open;
	}

	private void share(ShareSession open) throws SQLException {
		for (SourceReader reader : this.readers.values()) {
			if (reader.isEnded()) {
				reader.stop();
				open.letGo(reader.source().slot());
				logger.info("Let go of slot '{}'", reader.source().slot());
			}
		}
		ShareView seen = open.look();
		this.readers.forEach((slot, reader) -> reader.seen(seen.holder(slot)));
		boolean taken = false;
		for (String slot : this.shares.toTake(seen)) {
			SourceReader reader = this.readers.get(slot);
			if (reader != null && !reader.isHeld() && open.take(slot)) {
				logger.info("Taking slot '{}'", slot);
				start(reader);
				taken = true;
			}
		}
		this.view = taken ? open.look() : seen;
		if (this.shares.isToLetGo(seen)) {
			letGoOfOne();
		}
	}

	/**
	 * One that could not be started is not held: it is taken again, here or elsewhere.
	 */
	private static void start(SourceReader reader) {
		try {
			reader.start();
		}
		catch (RuntimeException | Error ex) {
			reader.stop();
			throw ex;
		}
	}

	private void letGoOfOne() {
		List<SourceReader> held = new ArrayList<>();
		for (SourceReader reader : this.readers.values()) {
			if (reader.isRetiring()) {
				return;
			}
			if (reader.isHeld() && !reader.ingestion().isPaused()) {
				held.add(reader);
			}
		}
		if (!held.isEmpty()) {
			held.get(held.size() - 1).retire();
		}
	}

	/**
	 * Stops all at the same time: each may have to wait for the store.
	 */
	@Override
	public void stop() {
		this.stopping.countDown();
		Thread running = this.thread;
		this.thread = null;
		try {
			if (running != null) {
				running.join(LONGEST_INTERVAL.toMillis());
			}
			List<Thread> ends = new ArrayList<>();
			for (SourceReader reader : this.all) {
				if (reader.isHeld()) {
					Thread end = new Thread(reader::stop, "bemi-worker-stop");
					end.start();
					ends.add(end);
				}
			}
			for (Thread end : ends) {
				end.join();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		closeSession();
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	@Override
	public int getPhase() {
		return BemiIngestion.PHASE;
	}

}
