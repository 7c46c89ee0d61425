package io.bemi.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;

/**
 * A database that is written to, and that notes itself what is: in the same transactions,
 * in a table that nobody records.
 *
 * @param database the database
 */
record WrittenDatabase(TestDatabase database) implements AutoCloseable {

	static WrittenDatabase on(PostgresServer server) {
		TestDatabase database = server.createDatabase();
		database.execute("CREATE TABLE todo (id bigint PRIMARY KEY, task text)",
				"CREATE TABLE written (number bigserial PRIMARY KEY, operation text, id text, task text)", """
						CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
						BEGIN
						  INSERT INTO written (operation, id, task) VALUES (
						    CASE TG_OP WHEN 'INSERT' THEN 'CREATE' ELSE TG_OP END, coalesce(NEW.id, OLD.id), NEW.task);
						  RETURN NULL;
						END $$""",
				"CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON todo FOR EACH ROW EXECUTE FUNCTION note()",
				"CREATE PUBLICATION bemi FOR TABLE todo");
		return new WrittenDatabase(database);
	}

	/**
	 * Writes a few transactions, one after the other.
	 */
	void write(Random random) throws SQLException {
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			for (int transaction = 1 + random.nextInt(3); transaction > 0; transaction--) {
				int rows = (random.nextInt(20) == 0) ? 500 : 1 + random.nextInt(5);
				statement.execute(("INSERT INTO todo SELECT coalesce((SELECT max(id) FROM todo), 0) + n, 'new %d'"
						+ " FROM generate_series(1, %d) n")
					.formatted(random.nextInt(1_000), rows));
				statement.execute(
						"UPDATE todo SET task = 'done %d' WHERE id %% 7 = %d AND id > (SELECT max(id) - 50 FROM todo)"
							.formatted(random.nextInt(1_000), random.nextInt(7)));
				statement.execute("DELETE FROM todo WHERE id %% 11 = %d AND id > (SELECT max(id) - 100 FROM todo)"
					.formatted(random.nextInt(11)));
				if (random.nextInt(10) == 0) {
					connection.rollback();
				}
				else {
					connection.commit();
				}
			}
		}
	}

	/**
	 * What was written, in the order of its transactions.
	 */
	List<String> written() {
		return this.database.query("SELECT operation, id, task FROM written ORDER BY number");
	}

	/**
	 * What is recorded of it.
	 */
	List<String> recorded(TestDatabase store) {
		return store.query("SELECT operation, primary_key, values ->> 'task' FROM bemi.changes WHERE database = '"
				+ this.database.name() + "' ORDER BY id");
	}

	@Override
	public void close() {
		this.database.close();
	}

}
