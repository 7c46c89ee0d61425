package io.bemi.model;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * A borrowed connection, and what the model knows about its transaction.
 */
final class Session {

	final Connection connection;

	// What the driver says itself, past the proxy.
	private final BaseConnection server;

	private final List<Mark> marks = new ArrayList<>();

	/** The rows whose trigger is to run at COMMIT. */
	private List<Long> queued = new ArrayList<>();

	/** Rows that can be changed later. */
	final List<Long> items = new ArrayList<>();

	final List<Family> families = new ArrayList<>();

	/** The context of the last statement that still counts. */
	private @Nullable String last;

	private @Nullable PreparedStatement kept;

	private int names;

	Session(Connection connection) throws SQLException {
		this.connection = connection;
		this.server = connection.unwrap(BaseConnection.class);
	}

	boolean isOpen() {
		return this.server.getTransactionState() == TransactionState.OPEN;
	}

	boolean isFailed() {
		return this.server.getTransactionState() == TransactionState.FAILED;
	}

	boolean isIdle() {
		return this.server.getTransactionState() == TransactionState.IDLE;
	}

	/** Whether a statement is a transaction of its own. */
	boolean isAutocommit() throws SQLException {
		return isIdle() && this.server.getAutoCommit();
	}

	/** Whether JDBC's own methods end the transaction. */
	boolean isManual() throws SQLException {
		return !this.server.getAutoCommit();
	}

	PreparedStatement kept() throws SQLException {
		if (this.kept == null) {
			this.kept = this.connection.prepareStatement("INSERT INTO item VALUES (?, ?)");
		}
		return this.kept;
	}

	void executed(String context) {
		this.last = isOpen() ? context : null;
	}

	void queue(long row) {
		this.queued.add(row);
	}

	/** The deferred triggers run now. */
	void runQueued(Ledger ledger, String context) {
		Set<String> contexts = new HashSet<>();
		contexts.add((this.last != null) ? this.last : context);
		contexts.add(context);
		this.queued.forEach((row) -> ledger.late(row, contexts));
		this.queued = new ArrayList<>();
	}

	void ended() {
		this.queued = new ArrayList<>();
		this.marks.clear();
		this.last = null;
	}

	List<Mark> marks() {
		return this.marks;
	}

	String newName() {
		return "s" + this.names++;
	}

	void mark(String name, @Nullable Savepoint savepoint) {
		this.marks.add(new Mark(name, savepoint, this.last, List.copyOf(this.queued)));
	}

	void release(Mark mark) {
		this.marks.subList(this.marks.indexOf(mark), this.marks.size()).clear();
	}

	void returnTo(Mark mark) {
		this.marks.subList(this.marks.indexOf(mark) + 1, this.marks.size()).clear();
		this.last = mark.last;
		this.queued = new ArrayList<>(mark.queued);
	}

	/**
	 * A savepoint.
	 *
	 * @param name its name, empty if JDBC has made it up
	 * @param savepoint JDBC's object, {@code null} if it was set by text
	 * @param last the context of the last statement before it
	 * @param queued the rows whose trigger was to run at COMMIT
	 */
	record Mark(String name, @Nullable Savepoint savepoint, @Nullable String last, List<Long> queued) {
	}

	/**
	 * A row and those that refer to it.
	 *
	 * @param row the row
	 * @param key its key, which holds the context that has set it
	 * @param children the others
	 */
	record Family(long row, String key, List<Long> children) {
	}

}
