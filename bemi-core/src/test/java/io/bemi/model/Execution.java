package io.bemi.model;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;

/**
 * One run of one program.
 */
final class Execution {

	private final Sources sources;

	private final Threads threads;

	private final Ledger ledger;

	private final Statements statements;

	private final Transactions transactions;

	private final Queue<Future<?>> later = new ConcurrentLinkedQueue<>();

	Execution(int number, Sources sources, Threads threads) {
		this.sources = sources;
		this.threads = threads;
		this.ledger = new Ledger(number);
		this.statements = new Statements(this.ledger);
		this.transactions = new Transactions(this.ledger);
	}

	/**
	 * Runs a program to its end on this thread, which must not have a context.
	 */
	void run(Program program) throws Exception {
		Threads.requireNoContext("before");
		try {
			new Task(this, new ModelContext(this.ledger), null, 0).run(program.steps());
		}
		finally {
			for (Future<?> work = this.later.poll(); work != null; work = this.later.poll()) {
				Threads.await(work);
			}
		}
		Threads.requireNoContext("after");
	}

	/** Work that nobody waits for until the program ends. */
	void later(Future<?> work) {
		this.later.add(work);
	}

	Sources sources() {
		return this.sources;
	}

	Threads threads() {
		return this.threads;
	}

	Ledger ledger() {
		return this.ledger;
	}

	Statements statements() {
		return this.statements;
	}

	Transactions transactions() {
		return this.transactions;
	}

}
