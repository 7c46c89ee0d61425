package io.bemi.replay;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import io.bemi.replay.Table.Column;
import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * One of the sessions of a program. Never waits for another one: it gives up.
 */
final class Session implements AutoCloseable {

	/** The commit's number, then the commit. */
	private static final String COMMIT = "INSERT INTO shadow.finish DEFAULT VALUES; COMMIT";

	private final Connection connection;

	private final Random random;

	private final Rows rows;

	private final Shapes shapes;

	private final List<String> savepoints = new ArrayList<>();

	private final AtomicReference<@Nullable Session> shaping;

	private boolean inTransaction;

	private int commits;

	Session(TestDatabase database, Random random, Rows rows, Shapes shapes, AtomicReference<@Nullable Session> shaping)
			throws SQLException {
		this.connection = database.connect();
		this.random = random;
		this.rows = rows;
		this.shapes = shapes;
		this.shaping = shaping;
		execute("SET lock_timeout = '2ms'; SET statement_timeout = '10s'; SET TimeZone = 'UTC'; SET client_min_messages = error");
	}

	int commits() {
		return this.commits;
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.setEscapeProcessing(false);
			statement.execute(sql);
		}
	}

	/**
	 * Does the next step. Only one session at a time changes tables: a publication is
	 * locked until the transaction ends.
	 * @return what it was
	 */
	String step() throws SQLException {
		String step = next();
		if (!this.inTransaction) {
			this.shaping.compareAndSet(this, null);
		}
		return step;
	}

	/**
	 * Changes a table while nobody else is in a transaction, so that nothing is locked.
	 * @return what it did
	 */
	String shapeAlone() throws SQLException {
		execute("BEGIN");
		this.inTransaction = true;
		String step = attempt(this.shapes.statement(Table.all(this.connection)), true);
		finish();
		return step;
	}

	private String next() throws SQLException {
		if (!this.inTransaction) {
			this.inTransaction = true;
			return run("BEGIN" + ((this.random.nextInt(8) == 0) ? " ISOLATION LEVEL SERIALIZABLE" : ""));
		}
		int choice = this.random.nextInt(100);
		if (choice < 20) {
			this.inTransaction = false;
			this.savepoints.clear();
			this.commits++;
			return run(COMMIT);
		}
		if (choice < 23) {
			this.inTransaction = false;
			this.savepoints.clear();
			return run("ROLLBACK");
		}
		if (choice < 28) {
			String name = "s" + this.savepoints.size();
			this.savepoints.add(name);
			return run("SAVEPOINT " + name);
		}
		if (choice < 33 && !this.savepoints.isEmpty()) {
			int index = this.random.nextInt(this.savepoints.size());
			String name = this.savepoints.get(index);
			boolean release = this.random.nextBoolean();
			this.savepoints.subList(release ? index : index + 1, this.savepoints.size()).clear();
			return run((release ? "RELEASE " : "ROLLBACK TO ") + name);
		}
		List<Table> tables = Table.all(this.connection);
		if (tables.isEmpty()
				|| (choice < 46 && (this.shaping.compareAndSet(null, this) || this.shaping.get() == this))) {
			return attempt(this.shapes.statement(tables), true);
		}
		if (choice < 49) {
			return copy(this.rows.pick(tables));
		}
		return attempt(this.rows.statement(tables, this.shapes.latest()), false);
	}

	private String copy(Table table) throws SQLException {
		List<Column> columns = Rows.copyColumns(table);
		if (columns.isEmpty() || !columns.containsAll(table.key())) {
			return attempt(this.rows.insert(table), false);
		}
		String sql = "COPY %s (%s) FROM STDIN".formatted(table.name(),
				String.join(", ", columns.stream().map(Column::name).toList()));
		String content = this.rows.copyRows(table);
		execute("SAVEPOINT step");
		try {
			this.connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, new StringReader(content));
			execute("RELEASE step");
			return sql + "\n" + content + "\\.";
		}
		catch (SQLException ex) {
			execute("ROLLBACK TO step");
			execute("RELEASE step");
			return sql + " -- " + first(ex);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Half of the statements have a subtransaction of their own; without one a failure is
	 * the transaction's.
	 */
	private String attempt(String sql, boolean shape) throws SQLException {
		boolean guarded = shape || this.random.nextInt(3) > 0;
		if (guarded) {
			execute("SAVEPOINT step");
		}
		try {
			execute(sql);
			if (shape) {
				execute("SELECT shadow.sync()");
			}
			if (guarded) {
				execute("RELEASE step");
			}
			return guarded ? sql : sql + " -- unguarded";
		}
		catch (SQLException ex) {
			if (guarded) {
				execute("ROLLBACK TO step");
				execute("RELEASE step");
				return sql + " -- " + first(ex);
			}
			execute("ROLLBACK");
			this.inTransaction = false;
			this.savepoints.clear();
			return sql + " -- ROLLBACK: " + first(ex);
		}
	}

	private String run(String sql) throws SQLException {
		try {
			execute(sql);
			return sql;
		}
		catch (SQLException ex) {
			execute("ROLLBACK");
			this.inTransaction = false;
			this.savepoints.clear();
			return sql + " -- " + first(ex);
		}
	}

	void finish() throws SQLException {
		if (this.inTransaction) {
			this.inTransaction = false;
			this.savepoints.clear();
			this.commits++;
			run(COMMIT);
		}
	}

	private static String first(SQLException ex) {
		return String.valueOf(ex.getMessage()).lines().findFirst().orElse("");
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

}
