package io.bemi.model;

import java.io.IOException;
import java.io.StringReader;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

import io.bemi.context.BemiContext;
import io.bemi.model.Session.Family;
import org.postgresql.PGConnection;

/**
 * The statements of a program. Each row that they write holds the id of the context that
 * it has to have.
 */
final class Statements {

	private static final String INSERT = "INSERT INTO item VALUES (?, ?)";

	private final Ledger ledger;

	Statements(Ledger ledger) {
		this.ledger = ledger;
	}

	void run(Action action, int choice, Session session, ModelContext context) throws SQLException, IOException {
		if (action == Action.BATCH_ACROSS_CONTEXTS) {
			batchAcrossContexts(choice, session, context);
		}
		else if (isPossible(action, session)) {
			run(action, choice, session, context.id());
			session.executed(context.id());
		}
	}

	private static boolean isPossible(Action action, Session session) throws SQLException {
		return switch (action) {
			// Outside of a transaction there is nothing that could carry the context.
			case COPY -> !session.isAutocommit();
			case UPDATE, DELETE -> !session.items.isEmpty();
			case UPDATE_FAMILY, DELETE_FAMILY -> !session.families.isEmpty();
			default -> true;
		};
	}

	private void run(Action action, int choice, Session session, String id) throws SQLException, IOException {
		Connection connection = session.connection;
		switch (action) {
			case INSERT -> insert(session, choice, id);
			case INSERT_BY_KEPT_STATEMENT -> bind(session.kept(), id).executeUpdate();
			case INSERT_SEVERAL_ROWS -> execute(connection, "INSERT INTO item VALUES " + row(id) + ", " + row(id));
			case INSERT_RETURNING -> query(connection, "INSERT INTO item VALUES " + row(id) + " RETURNING id");
			case INSERT_WITH_GENERATED_KEYS -> {
				try (PreparedStatement statement = connection.prepareStatement(INSERT,
						Statement.RETURN_GENERATED_KEYS)) {
					bind(statement, id).executeUpdate();
					statement.getGeneratedKeys().next();
				}
			}
			case INSERT_LARGE -> {
				try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
					bind(statement, id).executeLargeUpdate();
				}
			}
			case UPSERT -> execute(connection, "INSERT INTO item VALUES " + row(id)
					+ " ON CONFLICT (id) DO UPDATE SET expected = EXCLUDED.expected");
			case WITH -> query(connection,
					"WITH first AS (INSERT INTO item VALUES " + row(id)
							+ " RETURNING expected) INSERT INTO item SELECT " + this.ledger.newRow()
							+ ", expected FROM first RETURNING id");
			case SEVERAL_STATEMENTS_IN_ONE_TEXT ->
				execute(connection, "INSERT INTO item VALUES " + row(id) + "; INSERT INTO item VALUES " + row(id));
			case BATCH, BATCH_OF_TEXTS -> batch(action, choice, connection, id);
			case CALL_FUNCTION -> call(connection, "{call add_item(?, ?)}", id);
			case CALL_PROCEDURE -> call(connection, "CALL put_item(?, ?)", id);
			case EXCEPTION_BLOCK -> execute(connection, """
					DO $$ BEGIN INSERT INTO item VALUES %s;
					BEGIN INSERT INTO item VALUES %s; PERFORM 1 / 0;
					EXCEPTION WHEN division_by_zero THEN INSERT INTO item VALUES %s; END; END $$
					""".formatted(row(id), row(id), row(id)));
			case COPY -> copy(session, id);
			case INSERT_WITH_DEFERRED_TRIGGER -> insertQueued(session, id);
			case INSERT_FAMILY, UPDATE_FAMILY, DELETE_FAMILY -> family(action, choice, session, id);
			case UPDATE -> {
				long row = pick(session.items, choice);
				execute(connection, "UPDATE item SET expected = '" + id + "' WHERE id = " + row);
			}
			case DELETE -> {
				long row = session.items.remove(choice % session.items.size());
				this.ledger.delete(row, id);
				execute(connection, "DELETE FROM item WHERE id = " + row);
			}
			case READ -> query(connection, "SELECT * FROM item WHERE id = 0");
			case FAIL -> fail(connection, choice);
			default -> throw new IllegalArgumentException(action.name());
		}
	}

	private void insert(Session session, int choice, String id) throws SQLException {
		long row = this.ledger.newRow();
		session.items.add(row);
		if (choice % 2 == 0) {
			execute(session.connection, "INSERT INTO item VALUES (" + row + ", '" + id + "')");
			return;
		}
		try (PreparedStatement statement = session.connection.prepareStatement(INSERT)) {
			statement.setLong(1, row);
			statement.setString(2, id);
			statement.executeUpdate();
		}
	}

	private void batch(Action action, int choice, Connection connection, String id) throws SQLException {
		try (Statement statement = connection.createStatement();
				PreparedStatement prepared = connection.prepareStatement(INSERT)) {
			for (int i = choice % 4; i >= 0; i--) {
				if (action == Action.BATCH_OF_TEXTS) {
					statement.addBatch("INSERT INTO item VALUES " + row(id));
				}
				else {
					bind(prepared, id).addBatch();
				}
			}
			((action == Action.BATCH_OF_TEXTS) ? statement : prepared).executeBatch();
		}
	}

	private void batchAcrossContexts(int choice, Session session, ModelContext context) throws SQLException {
		Map<String, String> keys = context.scope(choice);
		String id = String.valueOf(keys.get(Ledger.ID));
		try (PreparedStatement statement = session.connection.prepareStatement(INSERT)) {
			bind(statement, id).addBatch();
			bind(statement, id).addBatch();
			ModelContext.Frame outer = context.mark();
			context.open(keys);
			try (BemiContext.Scope scope = BemiContext.open(keys)) {
				statement.executeBatch();
			}
			context.returnTo(outer);
		}
		session.executed(id);
	}

	private void call(Connection connection, String sql, String id) throws SQLException {
		try (CallableStatement statement = connection.prepareCall(sql)) {
			bind(statement, id).execute();
		}
	}

	private void copy(Session session, String id) throws SQLException, IOException {
		session.connection.unwrap(PGConnection.class)
			.getCopyAPI()
			.copyIn("COPY item FROM STDIN", new StringReader(this.ledger.newRow() + "\t" + id + "\n"));
	}

	private void insertQueued(Session session, String id) throws SQLException {
		long row = this.ledger.newRow();
		if (session.isAutocommit()) {
			this.ledger.late(row, java.util.Set.of(id));
		}
		else {
			session.queue(row);
		}
		execute(session.connection, "INSERT INTO queued VALUES (" + row + ", '" + id + "')");
	}

	private void family(Action action, int choice, Session session, String id) throws SQLException {
		if (action == Action.INSERT_FAMILY) {
			long row = this.ledger.newRow();
			Family family = new Family(row, row + "/" + id, List.of(this.ledger.newRow(), this.ledger.newRow()));
			session.families.add(family);
			execute(session.connection,
					"WITH parent AS (INSERT INTO parent VALUES ('%2$s')) INSERT INTO child VALUES (%3$s, '%1$s', '%2$s'), (%4$s, '%1$s', '%2$s')"
						.formatted(id, family.key(), family.children().get(0), family.children().get(1)));
			return;
		}
		Family family = pick(session.families, choice);
		// Its key is what the last change that was not rolled back has made it.
		String which = " WHERE key BETWEEN '" + family.row() + "/' AND '" + family.row() + "0'";
		if (action == Action.UPDATE_FAMILY) {
			execute(session.connection, "UPDATE parent SET key = '" + family.row() + "/" + id + "'" + which);
		}
		else {
			session.families.remove(family);
			this.ledger.delete(family.row(), id);
			family.children().forEach((row) -> this.ledger.delete(row, id));
			execute(session.connection, "DELETE FROM parent" + which);
		}
	}

	private static void fail(Connection connection, int choice) {
		try {
			execute(connection,
					(choice % 2 == 0) ? "INSERT INTO item VALUES (0, 'duplicate')" : "SELECT 1 / (id - id) FROM item");
		}
		catch (SQLException ex) {
			if (List.of("23505", "22012").contains(ex.getSQLState())) {
				return;
			}
			throw new IllegalStateException(ex);
		}
		throw new IllegalStateException("The statement has not failed");
	}

	private String row(String id) {
		return "(" + this.ledger.newRow() + ", '" + id + "')";
	}

	private PreparedStatement bind(PreparedStatement statement, String id) throws SQLException {
		statement.setLong(1, this.ledger.newRow());
		statement.setString(2, id);
		return statement;
	}

	private static <T> T pick(List<T> list, int choice) {
		return list.get(choice % list.size());
	}

	static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static void query(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
			rows.next();
		}
	}

}
