package io.bemi.connection;

import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What was owed at the savepoints of a transaction that were set by JDBC's methods. At
 * those set by SQL text nothing is owed.
 */
final class Savepoints {

	private final List<Entry> entries = new ArrayList<>();

	void add(Savepoint savepoint, Debt debt) {
		this.entries.add(new Entry(savepoint, debt));
	}

	void remove(@Nullable Savepoint savepoint) {
		int index = indexOf(savepoint);
		if (index >= 0) {
			forgetFrom(index);
		}
	}

	void clear() {
		this.entries.clear();
	}

	/**
	 * What was owed at a savepoint that the transaction has gone back to.
	 */
	@Nullable Debt get(@Nullable Savepoint savepoint) {
		int index = indexOf(savepoint);
		if (index < 0) {
			return null;
		}
		forgetFrom(index + 1);
		return this.entries.get(index).debt;
	}

	// Most often the last one.
	private int indexOf(@Nullable Savepoint savepoint) {
		int index = this.entries.size() - 1;
		while (index >= 0 && this.entries.get(index).savepoint != savepoint) {
			index--;
		}
		return index;
	}

	// Those that were set later end with it.
	private void forgetFrom(int index) {
		this.entries.subList(index, this.entries.size()).clear();
	}

	/**
	 * What was owed at the savepoint that {@code ROLLBACK TO} goes back to.
	 * @param sql its text, whose last word is the name
	 * @return {@code null} if there is no such savepoint
	 */
	@Nullable Debt named(@Nullable String sql) {
		String name = (sql != null && !this.entries.isEmpty()) ? lastName(sql) : null;
		for (int i = this.entries.size() - 1; i >= 0; i--) {
			if (nameOf(this.entries.get(i).savepoint).equals(name)) {
				return this.entries.get(i).debt;
			}
		}
		return null;
	}

	private static String lastName(String sql) {
		String text = sql.replaceFirst("[\\s;]+$", "");
		if (text.endsWith("\"")) {
			return text.substring(text.lastIndexOf('"', text.length() - 2) + 1, text.length() - 1);
		}
		return text.replaceFirst("(?s)^.*\\s", "").toLowerCase(Locale.ROOT);
	}

	private static String nameOf(Savepoint savepoint) {
		try {
			return savepoint.getSavepointName();
		}
		catch (SQLException ex) {
			// The driver has made one up.
			return "";
		}
	}

	/**
	 * What is owed at a savepoint.
	 *
	 * @param pending the context that is pending
	 * @param emitted whether the transaction holds a message already
	 */
	record Debt(@Nullable ContextSnapshot pending, boolean emitted) {
	}

	/**
	 * A savepoint.
	 *
	 * @param savepoint the object that the application holds
	 * @param debt what is owed there
	 */
	private record Entry(Savepoint savepoint, Debt debt) {
	}

}
