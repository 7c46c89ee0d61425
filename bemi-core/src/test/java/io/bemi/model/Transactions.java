package io.bemi.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Objects;

import io.bemi.model.Session.Mark;

/**
 * The ways in which a program begins and ends transactions and parts of them: by JDBC's
 * methods, and by SQL text.
 */
final class Transactions {

	private final Ledger ledger;

	Transactions(Ledger ledger) {
		this.ledger = ledger;
	}

	void run(Action action, int choice, Session session, String context) throws SQLException {
		switch (action) {
			case BEGIN -> begin(choice, session, context);
			case COMMIT -> commit(choice, session, context);
			case ROLLBACK -> rollback(choice, session);
			case SAVEPOINT -> savepoint(choice, session);
			case ROLLBACK_TO_SAVEPOINT -> returnTo(choice, session);
			case RELEASE_SAVEPOINT -> release(choice, session, context);
			case SET_CONSTRAINTS_IMMEDIATE -> setConstraints(session, context);
			default -> throw new IllegalArgumentException(action.name());
		}
	}

	private static void begin(int choice, Session session, String context) throws SQLException {
		if (session.isManual() || session.isFailed()) {
			return;
		}
		if (choice % 4 == 0 && session.isIdle()) {
			Statements.execute(session.connection, "BEGIN");
			session.executed(context);
		}
		else {
			session.connection.setAutoCommit(false);
		}
	}

	private void commit(int choice, Session session, String context) throws SQLException {
		if (session.isIdle() && !session.isManual()) {
			return;
		}
		Connection connection = session.connection;
		boolean manual = session.isManual();
		session.runQueued(this.ledger, context);
		switch (choice % 6) {
			case 0 -> Statements.execute(connection, "COMMIT");
			case 1 ->
				Statements.execute(connection, (session.isFailed() || session.isIdle()) ? "END" : "COMMIT AND CHAIN");
			case 2 -> {
				if (manual) {
					connection.setAutoCommit(true);
				}
				else {
					Statements.execute(connection, "/* the */ end -- of it");
				}
			}
			default -> {
				if (manual) {
					connection.commit();
				}
				else {
					Statements.execute(connection, "commit work");
				}
			}
		}
		session.ended();
	}

	private static void rollback(int choice, Session session) throws SQLException {
		if (session.isIdle()) {
			return;
		}
		if (session.isManual() && choice % 3 != 0) {
			session.connection.rollback();
		}
		else {
			Statements.execute(session.connection, (choice % 2 == 0) ? "ROLLBACK" : "ABORT");
		}
		session.ended();
	}

	private static void savepoint(int choice, Session session) throws SQLException {
		if (session.isFailed() || (session.isIdle() && !session.isManual())) {
			return;
		}
		String name = session.newName();
		if (!session.isManual() || (choice % 3 == 0 && session.isOpen())) {
			Statements.execute(session.connection, "SAVEPOINT " + name);
			session.mark(name, null);
			return;
		}
		boolean named = choice % 2 == 0;
		Savepoint savepoint = named ? session.connection.setSavepoint(name) : session.connection.setSavepoint();
		session.mark(named ? name : "", savepoint);
	}

	private static void returnTo(int choice, Session session) throws SQLException {
		if (session.marks().isEmpty()) {
			return;
		}
		Mark mark = session.marks().get(choice % session.marks().size());
		if (mark.savepoint() != null && (choice % 4 != 0 || mark.name().isEmpty())) {
			session.connection.rollback(mark.savepoint());
		}
		else {
			// Its name is no secret: JDBC's savepoints can be returned to by text.
			Statements.execute(session.connection,
					((choice % 2 == 0) ? "ROLLBACK TO SAVEPOINT " : "rollback work to ") + mark.name());
		}
		session.returnTo(mark);
	}

	private static void release(int choice, Session session, String context) throws SQLException {
		if (session.marks().isEmpty() || !session.isOpen()) {
			return;
		}
		Mark mark = session.marks().get(choice % session.marks().size());
		if (mark.savepoint() != null && (choice % 4 != 0 || mark.name().isEmpty())) {
			session.connection.releaseSavepoint(Objects.requireNonNull(mark.savepoint()));
		}
		else {
			Statements.execute(session.connection, "RELEASE SAVEPOINT " + mark.name());
			session.executed(context);
		}
		session.release(mark);
	}

	private void setConstraints(Session session, String context) throws SQLException {
		if (session.isOpen()) {
			session.executed(context);
			session.runQueued(this.ledger, context);
			Statements.execute(session.connection, "SET CONSTRAINTS late IMMEDIATE");
			Statements.execute(session.connection, "SET CONSTRAINTS late DEFERRED");
		}
	}

	/**
	 * Ends what must not go on: at the end of a request, or of the use of a connection.
	 */
	void end(int choice, Session session, String context) throws SQLException {
		if (session.isOpen() && choice % 3 != 0) {
			commit(session.isManual() ? 5 : 0, session, context);
		}
		else {
			rollback(1, session);
		}
	}

}
