package io.bemi.revert;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;
import io.bemi.revert.Execution.ChangedSinceException;
import io.bemi.revert.RevertPlanner.ConnectionSource;
import io.bemi.revert.RevertPlanner.Use;
import io.bemi.timetravel.Moment;
import io.bemi.timetravel.TimeTravel;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * Reverts in the application's database, what a store in PostgreSQL says.
 */
public final class JdbcReverter implements Reverter {

	/** How many changes a plan may be about unless something else is said. */
	public static final int DEFAULT_MAX_CHANGES = 500_000;

	/** The key of the context that says what was reverted. */
	public static final String CONTEXT_KEY = "bemi.revert";

	private static final Logger logger = LoggerFactory.getLogger(JdbcReverter.class);

	private static final int ATTEMPTS = 3;

	/** Serialization failure, deadlock. */
	private static final Set<String> AGAIN = Set.of("40001", "40P01");

	/** A constraint, a value, a privilege, a trigger's own error. */
	private static final List<String> REFUSED = List.of("22", "23", "42501", "428C9", "44", "P0");

	/** A connection that is lost, or that the server ends. */
	private static final List<String> UNANSWERED = List.of("08", "57P");

	private final DataSource dataSource;

	private final Changes changes;

	private final TimeTravel travel;

	private final int maxChanges;

	private final Supplier<List<RevertAuthorizer>> authorizers;

	private final Supplier<List<RevertListener>> listeners;

	/**
	 * Creates one.
	 * @param dataSource the application's data source, wrapped
	 * @param changes the recorded changes, that can be waited for
	 * @param travel the past, for what was in truncated tables
	 * @param maxChanges how many changes a plan may be about
	 * @param authorizers decide who may revert
	 * @param listeners are told
	 */
	public JdbcReverter(DataSource dataSource, Changes changes, TimeTravel travel, int maxChanges,
			Supplier<List<RevertAuthorizer>> authorizers, Supplier<List<RevertListener>> listeners) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		Assert.notNull(changes, "'changes' must not be null");
		Assert.notNull(travel, "'travel' must not be null");
		Assert.isTrue(maxChanges > 0, () -> "'maxChanges' must be positive, but is " + maxChanges);
		this.dataSource = dataSource;
		this.changes = changes;
		this.travel = travel;
		this.maxChanges = maxChanges;
		this.authorizers = authorizers;
		this.listeners = listeners;
	}

	@Override
	public RevertPlan planRequest(String requestId) {
		return plan(this.changes.query().context("requestId", requestId));
	}

	@Override
	public RevertPlan planTransaction(long transactionId) {
		return plan(this.changes.query().transaction(transactionId));
	}

	@Override
	public RevertPlan planUser(String user, Instant since, Instant until) {
		return plan(this.changes.query().context("user", user).since(since).until(until));
	}

	@Override
	public RevertPlan planRecord(String table, Object key, Moment moment) {
		Assert.hasText(table, "'table' must not be empty");
		requireNoTransaction();
		this.changes.awaitIngested();
		int dot = table.indexOf('.');
		ChangeQuery query = moment.after(this.changes).table(table.substring(dot + 1)).primaryKey(key);
		return plan((dot > 0) ? query.schema(table.substring(0, dot)) : query);
	}

	@Override
	public RevertPlan plan(ChangeQuery query) {
		Assert.notNull(query, "'query' must not be null");
		requireNoTransaction();
		this.changes.awaitIngested();
		try {
			return new RevertPlanner(this.changes, this.travel, this.maxChanges).select(query).plan(reading());
		}
		catch (SQLException ex) {
			throw new RevertException("The revert could not be planned: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Connections that read one moment each, and carry no context.
	 */
	private ConnectionSource reading() {
		DataSource bare = BemiDataSource.bare(this.dataSource);
		return new ConnectionSource() {

			@Override
			public <T> T with(Use<T> use) throws SQLException {
				try (Connection connection = bare.getConnection()) {
					return read(connection, use);
				}
			}

		};
	}

	private static <T> T read(Connection connection, Use<T> use) throws SQLException {
		boolean autoCommit = connection.getAutoCommit();
		boolean readOnly = connection.isReadOnly();
		int isolation = connection.getTransactionIsolation();
		connection.setReadOnly(true);
		connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
		connection.setAutoCommit(false);
		try {
			new SessionFormat(connection).likeTheHistory();
			return use.of(connection);
		}
		finally {
			connection.rollback();
			connection.setAutoCommit(autoCommit);
			connection.setTransactionIsolation(isolation);
			connection.setReadOnly(readOnly);
		}
	}

	@Override
	public RevertReport execute(RevertPlan plan, RevertOptions options) {
		Assert.notNull(plan, "'plan' must not be null");
		Assert.notNull(options, "'options' must not be null");
		requireNoTransaction();
		List<RevertListener> told = this.listeners.get();
		RevertReport report;
		try {
			this.authorizers.get().forEach((authorizer) -> authorizer.authorize(plan, options));
			report = attempt(plan, options, told);
		}
		catch (RuntimeException ex) {
			told.forEach((listener) -> listener.failed(plan, ex));
			throw ex;
		}
		told.forEach((listener) -> listener.reverted(plan, report));
		return report;
	}

	private RevertReport attempt(RevertPlan plan, RevertOptions options, List<RevertListener> told) {
		Map<String, Object> context = new LinkedHashMap<>();
		context.put("of", plan.describe());
		if (options.by() != null) {
			context.put("by", options.by());
		}
		if (options.reason() != null) {
			context.put("reason", options.reason());
		}
		if (!plan.undisputed().isEmpty()) {
			try (BemiContext.Scope scope = BemiContext.open(Map.of(CONTEXT_KEY, context))) {
				return transact(plan, told, (execution, progress) -> runAsSeen(execution, plan, context, progress),
						options);
			}
			catch (ChangedSinceException ex) {
				logger.debug("A revert is not done as it was planned, but looked at again: {}", ex.getMessage());
			}
			catch (SQLException ex) {
				// It may even have been committed: it is not for us to try again.
				throw translate(ex);
			}
		}
		for (int attempt = 1;; attempt++) {
			try (BemiContext.Scope scope = BemiContext.open(Map.of(CONTEXT_KEY, context))) {
				return transact(plan, told, (execution, progress) -> execution.run(plan, context, progress), options);
			}
			catch (SQLException ex) {
				if (attempt < ATTEMPTS && AGAIN.contains(String.valueOf(ex.getSQLState()))) {
					continue;
				}
				throw translate(ex);
			}
		}
	}

	/**
	 * What the server refuses is looked at again, for what exactly stands against it.
	 */
	private static RevertReport runAsSeen(Execution execution, RevertPlan plan, Map<String, Object> context,
			LongConsumer progress) throws SQLException {
		try {
			return execution.runAsSeen(plan.undisputed(), context, progress);
		}
		catch (SQLException ex) {
			if (isRefused(ex) || AGAIN.contains(String.valueOf(ex.getSQLState()))) {
				throw new ChangedSinceException(ex);
			}
			throw ex;
		}
	}

	private static boolean isRefused(SQLException ex) {
		return REFUSED.stream().anyMatch(String.valueOf(ex.getSQLState())::startsWith);
	}

	private RevertReport transact(RevertPlan plan, List<RevertListener> told, Way way, RevertOptions options)
			throws SQLException {
		AtomicLong done = new AtomicLong();
		long total = plan.steps().size();
		try (Connection connection = this.dataSource.getConnection()) {
			boolean autoCommit = connection.getAutoCommit();
			int isolation = connection.getTransactionIsolation();
			connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
			connection.setAutoCommit(false);
			try {
				RevertReport report = way.take(new Execution(connection, options),
						(count) -> told.forEach((listener) -> listener.progressed(plan, done.addAndGet(count), total)));
				commit(connection, plan);
				return report;
			}
			catch (SQLException | RuntimeException ex) {
				rollback(connection, ex);
				throw ex;
			}
			finally {
				connection.setAutoCommit(autoCommit);
				connection.setTransactionIsolation(isolation);
			}
		}
	}

	/**
	 * What the server refuses was not done. Where its answer is lost, nobody knows.
	 */
	private static void commit(Connection connection, RevertPlan plan) throws SQLException {
		try {
			connection.commit();
		}
		catch (SQLException ex) {
			String state = ex.getSQLState();
			if (state != null && UNANSWERED.stream().noneMatch(state::startsWith)) {
				throw ex;
			}
			throw new RevertOutcomeUnknownException(
					"It is not known whether " + plan.changes()
							+ " change(s) were reverted: the server did not answer to COMMIT (" + ex.getMessage()
							+ "). If they were, a transaction with '" + CONTEXT_KEY
							+ "' in its context comes into the history: look for it before they are reverted again",
					ex);
		}
	}

	private static void rollback(Connection connection, Exception cause) {
		try {
			connection.rollback();
		}
		catch (SQLException ex) {
			cause.addSuppressed(ex);
		}
	}

	private static RevertException translate(SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		if (!isRefused(ex)) {
			return new RevertException("Nothing was reverted: " + ex.getMessage(), ex);
		}
		ServerErrorMessage said = (ex instanceof PSQLException server) ? server.getServerErrorMessage() : null;
		String schema = (said != null) ? said.getSchema() : null;
		String table = (said != null) ? said.getTable() : null;
		return new RevertConflictException(
				List.of(new RevertConflict(ConflictKind.REJECTED, (schema != null) ? schema : "",
						(table != null) ? table : "", Map.of(), List.of(), ex.getMessage() + " (" + state + ")")),
				ex);
	}

	private static void requireNoTransaction() {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new IllegalStateException("A revert has a transaction of its own, and waits for what others have"
					+ " written: plan and execute it outside of any transaction");
		}
	}

	/**
	 * How a plan is executed.
	 */
	@FunctionalInterface
	private interface Way {

		RevertReport take(Execution execution, LongConsumer progress) throws SQLException;

	}

}
