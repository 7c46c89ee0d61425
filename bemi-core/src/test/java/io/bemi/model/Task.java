package io.bemi.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import io.bemi.context.BemiContext;
import io.bemi.context.EntryPoint;
import io.bemi.context.RequestContext;
import org.jspecify.annotations.Nullable;

/**
 * The part of a program that one thread runs.
 */
final class Task {

	private final Execution execution;

	private final ModelContext context;

	private @Nullable Session session;

	/** The first source that may be asked for another connection. */
	private int source;

	Task(Execution execution, ModelContext context, @Nullable Session session, int source) {
		this.execution = execution;
		this.context = context;
		this.session = session;
		this.source = source;
	}

	Callable<?> of(List<Step> steps) {
		return () -> {
			run(steps);
			return this;
		};
	}

	void run(List<Step> steps) throws Exception {
		for (Step step : steps) {
			run(step);
		}
	}

	private void run(Step step) throws Exception {
		switch (step.action()) {
			case SCOPE -> scope(step);
			case ENTRY_POINT -> entryPoint(step);
			case REQUEST -> request(step);
			case CONNECTION -> connect(step);
			case HAND_OVER -> Threads.await(handOver(null, step));
			case HAND_OVER_AND_GO_ON -> this.execution.later(handOver(null, step));
			case FORGET_TO_HAND_OVER -> Threads.await(this.execution.threads()
				.start(step.choice(), task(new ModelContext(this.execution.ledger()), null).of(step.body())));
			case PUT -> put();
			case LEAK_SCOPE -> leakScope(step);
			case CLOSE_SCOPE_ELSEWHERE -> {
				BemiContext.Scope scope = leakScope(step);
				if (scope != null) {
					Threads.await(this.execution.threads().start(step.choice(), () -> {
						scope.close();
						return scope;
					}));
				}
			}
			default -> {
				if (this.session != null) {
					run(step, this.session);
				}
			}
		}
	}

	private void run(Step step, Session current) throws Exception {
		if (step.action() == Action.GO_ON_ELSEWHERE) {
			Threads.await(handOver(current, step));
		}
		else if (!step.action().isStatement()) {
			this.execution.transactions().run(step.action(), step.choice(), current, this.context.id());
		}
		else if (!current.isFailed()) {
			this.execution.statements().run(step.action(), step.choice(), current, this.context);
		}
	}

	private java.util.concurrent.Future<?> handOver(@Nullable Session session, Step step) {
		Task task = task(this.context.handedOver(), session);
		return this.execution.threads().startAnywhere(step.choice(), BemiContext.wrapCallable(task.of(step.body())));
	}

	private Task task(ModelContext context, @Nullable Session session) {
		return new Task(this.execution, context, session, this.source);
	}

	private void put() {
		String id = this.execution.ledger().newContext();
		this.context.put(Map.of(Ledger.ID, id));
		BemiContext.put(Ledger.ID, id);
	}

	private BemiContext.@Nullable Scope leakScope(Step step) {
		if (!this.context.isOpen()) {
			// Nothing would ever close it.
			return null;
		}
		Map<String, String> keys = this.context.scope(step.choice());
		this.context.open(keys);
		return BemiContext.open(keys);
	}

	private void scope(Step step) throws Exception {
		ModelContext.Frame outer = this.context.mark();
		Map<String, String> keys = this.context.scope(step.choice());
		BemiContext.Scope scope = BemiContext.open(keys);
		this.context.open(keys);
		try (scope) {
			run(step.body());
		}
		this.context.returnTo(outer);
		if (step.choice() % 4 == 0) {
			scope.close();
		}
	}

	private void entryPoint(Step step) throws Exception {
		ModelContext.Frame outer = this.context.mark();
		try (BemiContext.Scope scope = new EntryPoint("model", "Task.run").open()) {
			this.context.openSame();
			run(step.body());
		}
		this.context.returnTo(outer);
	}

	private void request(Step step) throws Exception {
		if (this.session != null && this.context.isInRequest()) {
			// A request within a request, and a thread that goes on with the connection
			// within that: nobody could ask for the first one.
			this.execution.transactions().end(step.choice(), this.session, this.context.id());
		}
		String id = this.execution.ledger().newContext();
		RequestContext request = Requests.open(id, step.choice(), this.execution.sources());
		int dispatches = 1 + step.choice() % 3;
		int from = 0;
		for (int dispatch = 1; dispatch <= dispatches; dispatch++) {
			int to = step.body().size() * dispatch / dispatches;
			ModelContext.Frame outer = this.context.mark();
			try (BemiContext.Scope scope = request.open(Requests.request(id))) {
				this.context.openRequest(id, Requests.members(id));
				run(step.body().subList(from, to));
				if (dispatch == dispatches && this.session != null) {
					// Later nobody could say who it was.
					this.execution.transactions().end(step.choice(), this.session, this.context.id());
				}
			}
			this.context.returnTo(outer);
			from = to;
		}
	}

	private void connect(Step step) throws Exception {
		Session outer = this.session;
		int first = this.source;
		// Seldom the last one, because a connection is made each time.
		int index = Math.min(first + step.choice() / 5, this.execution.sources().size() - 1);
		try (Connection connection = this.execution.sources().get(index).getConnection()) {
			Session opened = new Session(connection);
			this.session = opened;
			this.source = Math.min(index + 1, this.execution.sources().size() - 1);
			run(step.body(), step.choice(), opened);
		}
		finally {
			this.session = outer;
			this.source = first;
		}
	}

	private void run(List<Step> steps, int choice, Session opened) throws Exception {
		boolean ended = false;
		try {
			run(steps);
			if (choice % 4 != 0 || !opened.isManual()) {
				this.execution.transactions().end(choice, opened, this.context.id());
			}
			else if (opened.isOpen()) {
				// HikariCP rolls back on close only if it has seen a statement, and it
				// overlooks executeLargeUpdate.
				this.execution.statements().run(Action.READ, choice, opened, this.context);
			}
			ended = true;
		}
		finally {
			if (!ended) {
				rollback(opened);
			}
		}
	}

	// The next program shall not have to do with what has gone wrong here.
	private static void rollback(Session opened) {
		try {
			Statements.execute(opened.connection, "ROLLBACK");
		}
		catch (SQLException ex) {
			// It is gone anyway.
		}
	}

}
