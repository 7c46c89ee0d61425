package io.bemi.sample;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.bemi.sample.SampleProcess.Response;
import io.bemi.testsupport.TestDatabase;

/**
 * Writers by HTTP, who create a todo and rename it "…-1", "…-2", and writers past the
 * application, whose every transaction takes the next number of {@code tick}: its row
 * lock makes the numbers' order the order of the commits.
 */
final class WriteLoad implements AutoCloseable {

	private static final int WRITERS = 2;

	private static final int RENAMES = 3;

	private final AtomicBoolean running = new AtomicBoolean(true);

	private final ExecutorService executor = Executors.newFixedThreadPool(2 * WRITERS);

	private final List<Future<?>> writers = new ArrayList<>();

	private WriteLoad() {
	}

	static void createTables(TestDatabase database) {
		database.execute("CREATE TABLE tick (id int PRIMARY KEY, n int NOT NULL)",
				"CREATE TABLE entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int NOT NULL, version int NOT NULL)",
				"INSERT INTO tick VALUES (1, 0)");
	}

	static WriteLoad start(SampleProcess sample, TestDatabase database) {
		WriteLoad load = new WriteLoad();
		for (int writer = 0; writer < WRITERS; writer++) {
			String name = "task-" + writer;
			load.writers.add(load.executor.submit(() -> load.writeByHttp(sample, name)));
			load.writers.add(load.executor.submit(() -> load.writeBySql(database)));
		}
		return load;
	}

	private void writeByHttp(SampleProcess sample, String name) {
		while (this.running.get()) {
			Response created = sample.send("POST", "/todos", "{\"task\": \"" + name + "-0\"}");
			if (created.statusCode() == 201) {
				String id = created.body().replaceAll(".*\"id\":(\\d+).*", "$1");
				for (int rename = 1; rename <= RENAMES; rename++) {
					Response renamed = sample.send("PUT", "/todos/" + id,
							"{\"task\": \"" + name + "-" + rename + "\"}");
					if (renamed.statusCode() != 200) {
						break;
					}
				}
			}
		}
	}

	private Void writeBySql(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			for (int transaction = 0; this.running.get(); transaction++) {
				// A pace that leaves the processor to the application.
				statement.execute("SELECT pg_sleep(0.01)");
				int n = next(statement);
				statement.execute("INSERT INTO entry (n, version) VALUES (" + n + ", 0), (" + n + ", 0)");
				statement.execute("UPDATE entry SET version = version + 1, n = " + n
						+ " WHERE id IN (SELECT id FROM entry ORDER BY id DESC LIMIT 3)");
				if (transaction % 5 == 4) {
					connection.rollback();
				}
				else {
					connection.commit();
				}
			}
		}
		return null;
	}

	private static int next(Statement statement) throws SQLException {
		try (ResultSet rows = statement.executeQuery("UPDATE tick SET n = n + 1 RETURNING n")) {
			rows.next();
			return rows.getInt(1);
		}
	}

	/**
	 * Stops the writers, and fails if one of those past the application has failed.
	 */
	@Override
	public void close() throws Exception {
		this.running.set(false);
		this.executor.shutdown();
		for (Future<?> writer : this.writers) {
			writer.get(30, TimeUnit.SECONDS);
		}
	}

}
