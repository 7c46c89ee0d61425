package io.bemi.autoconfigure.tracking;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.bemi.autoconfigure.tracking.BemiTrackingProperties.Mode;
import io.bemi.tracking.SchemaMigrationException;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingReport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * Sets tracking up when the application starts: after everything that creates tables
 * (Flyway, {@code spring.sql.init}, Hibernate), before ingestion and before the first
 * request. Never keeps the application from starting; what could not be done is tried
 * again every minute, and looked at again every ten minutes when nothing is left to do.
 */
public final class BemiTrackingInstaller implements SmartLifecycle {

	/**
	 * The phase: when this one has started, the tables are tracked.
	 */
	public static final int PHASE = Integer.MIN_VALUE + 1_000;

	private static final Logger logger = LoggerFactory.getLogger(BemiTrackingInstaller.class);

	private static final int FIRST_SUPPORTED_VERSION = 14;

	private static final int WHEN_COMPLETE = 10;

	private final Tracking tracking;

	private final Mode mode;

	private final ObjectProvider<DataSource> dataSource;

	private final TrackingLog log = new TrackingLog(logger);

	private final Duration retryInterval;

	private volatile @Nullable TrackingReport report;

	private @Nullable ScheduledExecutorService retries;

	private volatile boolean running;

	BemiTrackingInstaller(Tracking tracking, Mode mode, ObjectProvider<DataSource> dataSource) {
		this(tracking, mode, dataSource, Duration.ofMinutes(1));
	}

	BemiTrackingInstaller(Tracking tracking, Mode mode, ObjectProvider<DataSource> dataSource, Duration retryInterval) {
		this.tracking = tracking;
		this.mode = mode;
		this.dataSource = dataSource;
		this.retryInterval = retryInterval;
	}

	/**
	 * What was tracked when it was last looked at.
	 * @return the report; empty when tracking could not be set up, or the database is not
	 * PostgreSQL
	 */
	public Optional<TrackingReport> report() {
		return Optional.ofNullable(this.report);
	}

	/**
	 * Sets tracking up through a connection, and logs what could not be done.
	 * @return whether nothing is left to do
	 */
	boolean install(Connection connection) {
		try {
			if (!isSupported(connection)) {
				return true;
			}
			if (isStandby(connection)) {
				this.log.failure("Changes are not tracked: the server is a hot standby, on which nothing is written."
						+ " Give the application a primary DataSource on the primary server, or set"
						+ " 'bemi.enabled=false'");
				return false;
			}
			TrackingReport result = (this.mode == Mode.AUTO) ? this.tracking.track(connection)
					: this.tracking.check(connection);
			if (result == null) {
				this.log.failure("Changes are not tracked: there is no schema 'bemi'. Run docs/sql/install.sql, or set"
						+ " 'bemi.tracking.mode=auto'");
				return false;
			}
			this.report = result;
			this.log.report(result);
			return result.complete();
		}
		catch (SchemaMigrationException ex) {
			this.log.failure("Changes are not tracked: " + ex.getMessage());
		}
		catch (SQLException | RuntimeException ex) {
			this.log.failure("Changes are not tracked: " + ex.getMessage(), ex);
		}
		return false;
	}

	private boolean isSupported(Connection connection) throws SQLException {
		if (!"PostgreSQL".equals(connection.getMetaData().getDatabaseProductName())) {
			logger.debug("Not PostgreSQL: left alone");
			return false;
		}
		int version = connection.getMetaData().getDatabaseMajorVersion();
		if (version < FIRST_SUPPORTED_VERSION) {
			this.log.failure(
					"Changes are not tracked: PostgreSQL " + version + " is older than " + FIRST_SUPPORTED_VERSION);
			return false;
		}
		return true;
	}

	// The server has said so by itself, so it need not be asked.
	private static boolean isStandby(Connection connection) throws SQLException {
		return connection.isWrapperFor(PGConnection.class)
				&& "on".equals(connection.unwrap(PGConnection.class).getParameterStatus("in_hot_standby"));
	}

	private boolean install() {
		DataSource primary = this.dataSource.getIfUnique();
		if (primary == null) {
			return true;
		}
		try (Connection connection = primary.getConnection()) {
			return install(connection);
		}
		catch (SQLException | RuntimeException ex) {
			this.log.failure("Changes are not tracked: the database cannot be reached (" + ex.getMessage() + ")");
			return false;
		}
	}

	@Override
	public synchronized void start() {
		this.running = true;
		boolean complete = install();
		ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "bemi-tracking");
			thread.setDaemon(true);
			return thread;
		});
		this.retries = executor;
		lookAgain(executor, complete);
	}

	/**
	 * Also when nothing is left to do: without an event trigger, or when it had to give
	 * up a lock, a table that was created meanwhile is not tracked.
	 */
	private void lookAgain(ScheduledExecutorService executor, boolean complete) {
		long delay = this.retryInterval.toMillis() * (complete ? WHEN_COMPLETE : 1);
		try {
			Future<?> unused = executor.schedule(() -> lookAgain(executor, install()), delay, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.trace("Stopped", ex);
		}
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		if (this.retries != null) {
			this.retries.shutdownNow();
			this.retries = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
