package io.bemi.store.retention;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.bemi.ingestion.SinkException;
import io.bemi.replication.ReplicationException;
import io.bemi.store.Partitions;
import io.bemi.store.StoreKeeper;
import io.bemi.store.StoreProblems;
import io.bemi.store.StoreSession;
import io.bemi.store.StoreSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.Assert;

/**
 * Looks after the store beside ingestion, on a connection of its own that is open only
 * while it looks: makes partitions ahead, and drops what is older than it is to be kept.
 * What it cannot do now it does when it looks next.
 */
public final class StoreUpkeep implements StoreKeeper.Upkeep {

	private static final Logger logger = LoggerFactory.getLogger(StoreUpkeep.class);

	private static final Duration FIRST = Duration.ofMinutes(1);

	private static final Duration INTERVAL = Duration.ofMinutes(10);

	private static final String TRY_LOCK = """
			SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('bemi upkeep ' || pg_catalog.current_schema(), 0))
			""";

	private final StoreSettings store;

	private final RetentionSettings retention;

	private final InstantSource clock;

	private final CountDownLatch closed = new CountDownLatch(1);

	/**
	 * Creates one that does not run by itself yet.
	 * @param store the store, of which the tables are there
	 * @param retention how long the history is kept
	 */
	public StoreUpkeep(StoreSettings store, RetentionSettings retention) {
		this(store, retention, InstantSource.system());
	}

	StoreUpkeep(StoreSettings store, RetentionSettings retention, InstantSource clock) {
		Assert.notNull(store, "'store' must not be null");
		Assert.notNull(retention, "'retention' must not be null");
		this.store = retention.store(store);
		this.retention = retention;
		this.clock = clock;
	}

	/**
	 * What a sink starts when it is open.
	 * @param retention how long the history is kept
	 * @return what looks after its store every ten minutes, for the first time in a
	 * minute
	 */
	public static StoreKeeper keeping(RetentionSettings retention) {
		return (store) -> {
			StoreUpkeep upkeep = new StoreUpkeep(store, retention);
			upkeep.start();
			return upkeep;
		};
	}

	private void start() {
		Thread thread = new Thread(this::run, "bemi-upkeep");
		thread.setDaemon(true);
		thread.setPriority(Thread.MIN_PRIORITY);
		thread.start();
	}

	private void run() {
		Duration pause = FIRST;
		try {
			while (!this.closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
				tryLook();
				pause = INTERVAL;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void tryLook() throws InterruptedException {
		try {
			look();
		}
		catch (SinkException | ReplicationException | IOException ex) {
			logger.warn("The store is not looked after now: {}", ex.getMessage());
			logger.debug("Upkeep failed", ex);
		}
		catch (RuntimeException ex) {
			logger.warn("The store is not looked after now", ex);
		}
	}

	/**
	 * Looks once: what there is to do is done when this returns, unless it was closed
	 * meanwhile, another instance does it, or others are in the way.
	 * @throws SinkException when the store refuses
	 * @throws IOException when an archive cannot be written
	 * @throws InterruptedException when the thread is interrupted
	 */
	public void look() throws IOException, InterruptedException {
		look(() -> this.closed.getCount() == 0);
	}

	void look(BooleanSupplier stopped) throws IOException, InterruptedException {
		try (Connection connection = StoreSession.open(this.store)) {
			if (!lock(connection)) {
				return;
			}
			connection.setAutoCommit(false);
			createPartitions(connection);
			new Retention(connection, this.retention, stopped).apply(this.clock.instant());
			unlock(connection);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	private static boolean lock(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(TRY_LOCK);
				ResultSet row = statement.executeQuery()) {
			row.next();
			return row.getBoolean(1);
		}
	}

	/**
	 * For who looks next, as a session may outlive its connection by some moments.
	 */
	private static void unlock(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SELECT pg_catalog.pg_advisory_unlock_all()");
		}
		connection.commit();
	}

	private void createPartitions(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET LOCAL lock_timeout = '2s'");
			if (Partitions.createAhead(connection, this.clock.instant())) {
				logger.debug("The partitions of the next month are made");
			}
			connection.commit();
		}
		catch (SQLException ex) {
			connection.rollback();
			logger.info("The partitions of the next month are not made yet: {}", StoreProblems.summary(ex));
		}
	}

	/**
	 * Ends what runs at the next transaction.
	 */
	@Override
	public void close() {
		this.closed.countDown();
	}

}
