package io.bemi.test;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.query.ChangeQuery;
import io.bemi.test.StateTransaction.Session;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * Moves the rows of all tracked tables between named states, whoever has written since: a
 * test, an HTTP request, another thread. <pre>{@code
 * states.mark("seeded");
 * // requests, jobs, SQL
 * states.rollbackTo("seeded");
 * }</pre>
 * <p>
 * A mark keeps the rows in memory. A move compares them with those that are there,
 * deletes and inserts what differs, and does nothing else: no trigger of the
 * application's runs, and foreign keys need no order. Both hold off writers, and wait for
 * those that are under way.
 * <p>
 * For databases of tests, with as much data as these have. The role must be a superuser,
 * or be allowed to set {@code session_replication_role}. Safe for use by several threads,
 * one after the other.
 */
public final class TestStates {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final DataSource dataSource;

	private final StateTransaction transaction;

	private final Map<String, State> states = new LinkedHashMap<>();

	private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Creates an entry to the states of a database.
	 * @param dataSource connections to it; they need not carry contexts
	 */
	public TestStates(DataSource dataSource) {
		this(dataSource, PATIENCE);
	}

	/**
	 * Creates an entry to the states of a database.
	 * @param dataSource connections to it; they need not carry contexts
	 * @param patience how long to wait for transactions that are writing, at most
	 */
	public TestStates(DataSource dataSource, Duration patience) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		Assert.notNull(patience, "'patience' must not be null");
		this.dataSource = BemiDataSource.isWrapped(dataSource) ? dataSource : new BemiDataSource(dataSource);
		this.transaction = new StateTransaction(patience);
	}

	/**
	 * Gives the state in which the database is a name. A state of that name is replaced.
	 * @param name the name
	 * @param including what is kept beside the rows
	 * @throws TestStateException when the state cannot be read; says why, and what to do
	 * @throws IllegalStateException within a transaction of this thread
	 */
	public synchronized void mark(String name, Including... including) {
		Assert.hasText(name, "'name' must not be empty");
		Set<Including> more = Set.of(including);
		refuseTransaction();
		State state = this.transaction.run(BemiDataSource.bare(this.dataSource),
				(session) -> State.of(name, session, more.contains(Including.SEQUENCES), this.states.values()));
		this.states.put(name, state);
	}

	/**
	 * Moves the database to a state. Afterwards the tracked tables have exactly the rows
	 * that they had when it was marked, and, if these were marked with it, its sequences
	 * their values. In the history that is one transaction, whose context has the name of
	 * the state as {@code bemi.revert.state}.
	 * @param name the name of the state
	 * @return what was written
	 * @throws TestStateException when there is no such state, it is one of another
	 * database, a table has been altered since, or something else stands in the way; says
	 * what to do. Nothing is changed then
	 * @throws IllegalStateException within a transaction of this thread
	 */
	public synchronized StateMove rollbackTo(String name) {
		State state = require(name);
		refuseTransaction();
		String reason = "the test state '" + name + "'";
		try (BemiContext.Scope scope = BemiContext
			.open(Map.of("bemi.revert", Map.of("state", name, "reason", reason)))) {
			StateMove move = this.transaction.run(this.dataSource, (session) -> move(state, session));
			this.listeners.forEach(Runnable::run);
			return move;
		}
	}

	/**
	 * Moves the database to a state that was marked later than the one it is in. It is
	 * the same as {@link #rollbackTo}, and says what a test means.
	 * @param name the name of the state
	 * @return what was written
	 * @throws TestStateException as {@link #rollbackTo} does
	 * @throws IllegalStateException within a transaction of this thread
	 */
	public StateMove rollForwardTo(String name) {
		return rollbackTo(name);
	}

	private StateMove move(State state, Session session) throws java.sql.SQLException {
		StateMove move = state.restore(session);
		this.states.put(state.name(), state.at(session.moment()));
		return move;
	}

	/**
	 * Conditions for changes that came after the database was last in a state: since it
	 * was marked, or since the last move to it. <pre>{@code
	 * states.since("seeded").apply(changes.query()).list();
	 * }</pre>
	 * @param name the name of the state
	 * @return adds them to a question
	 * @throws TestStateException when there is no such state
	 */
	public synchronized UnaryOperator<ChangeQuery> since(String name) {
		return require(name).moment()::narrow;
	}

	/**
	 * Whether a state has been marked.
	 * @param name the name of the state
	 */
	public synchronized boolean isMarked(String name) {
		return this.states.containsKey(name);
	}

	/**
	 * Forgets a state, and what it keeps in memory. Does nothing when there is none of
	 * that name.
	 * @param name the name of the state
	 */
	public synchronized void forget(String name) {
		this.states.remove(name);
	}

	/**
	 * Has something done after each move, such as emptying a cache of the application's.
	 * @param listener what to do, on the thread that moves; what it throws comes out of
	 * the move, which is done by then
	 */
	public void afterMove(Runnable listener) {
		Assert.notNull(listener, "'listener' must not be null");
		this.listeners.add(listener);
	}

	private State require(String name) {
		State state = this.states.get(name);
		if (state == null) {
			throw new TestStateException("No state '" + name + "' has been marked, only " + this.states.keySet()
					+ ": call mark(\"" + name + "\") first");
		}
		return state;
	}

	private static void refuseTransaction() {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new IllegalStateException("A transaction is under way on this thread, which a state would wait for:"
					+ " mark and move before or after it. A test that is @Transactional rolls back by itself, and"
					+ " needs no state");
		}
	}

	/**
	 * What a mark keeps beside the rows.
	 */
	public enum Including {

		/**
		 * The values of all sequences in the schemas of tracked tables, so that the same
		 * keys are given out again.
		 */
		SEQUENCES

	}

}
