package io.bemi.connection;

import java.sql.Savepoint;

import io.bemi.connection.Savepoints.Debt;
import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What one connection owes in its transaction: the context of what has run since the last
 * message, and whether there was a message. A rollback to a savepoint brings back what
 * was owed there.
 */
final class Debts {

	private static final Debt NOTHING = new Debt(null, false);

	private final Savepoints savepoints = new Savepoints();

	private Debt current = NOTHING;

	@Nullable ContextSnapshot pending() {
		return this.current.pending();
	}

	boolean emitted() {
		return this.current.emitted();
	}

	void owe(@Nullable ContextSnapshot context) {
		if (this.current.pending() != context) {
			this.current = new Debt(context, this.current.emitted());
		}
	}

	void paid() {
		this.current = new Debt(null, true);
	}

	/**
	 * The transaction is over.
	 */
	void clear() {
		this.current = NOTHING;
		this.savepoints.clear();
	}

	void remember(Savepoint savepoint) {
		this.savepoints.add(savepoint, this.current);
	}

	void forget(@Nullable Savepoint savepoint) {
		this.savepoints.remove(savepoint);
	}

	void restore(@Nullable Savepoint savepoint) {
		Debt debt = this.savepoints.get(savepoint);
		if (debt != null) {
			this.current = debt;
		}
	}

	/**
	 * Returns to the savepoint that a text names.
	 * @return what is pending there
	 */
	@Nullable ContextSnapshot restore(@Nullable String sql) {
		Debt debt = this.savepoints.named(sql);
		if (debt == null) {
			return null;
		}
		this.current = debt;
		return debt.pending();
	}

}
