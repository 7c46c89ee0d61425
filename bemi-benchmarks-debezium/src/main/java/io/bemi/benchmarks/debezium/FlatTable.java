package io.bemi.benchmarks.debezium;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.debezium.engine.DebeziumEngine.ChangeConsumer;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Writes changes to a table {@code flat} with the columns and B-tree indexes of
 * {@code bemi.change}: each batch by one batch of INSERT, which the driver makes INSERTs
 * of many rows, and one COMMIT. A row becomes JSON once, without a schema.
 */
final class FlatTable implements ChangeConsumer<RecordChangeEvent<SourceRecord>>, AutoCloseable {

	private static final String INSERT = """
			INSERT INTO flat (committed_at, source, position, ordinal, relation, transaction_id, context, operation, primary_key, image)
			VALUES (?, 1, ?, ?, 1, ?, 0, ?, ?, ?)
			""";

	private final Connection connection;

	private final PreparedStatement insert;

	private final JsonConverter json = new JsonConverter();

	private final CompletableFuture<Long> done = new CompletableFuture<>();

	private final int expected;

	private int rows;

	private long transaction;

	private long ordinal;

	/**
	 * Connects, and empties the table.
	 * @param url the JDBC URL of its database
	 * @param expected how many rows are to come
	 */
	FlatTable(String url, int expected) throws SQLException {
		Properties properties = new Properties();
		properties.setProperty("reWriteBatchedInserts", "true");
		properties.setProperty("stringtype", "unspecified");
		this.expected = expected;
		this.json.configure(Map.of("schemas.enable", "false", "decimal.format", "NUMERIC"), false);
		this.connection = DriverManager.getConnection(url, properties);
		try (Statement statement = this.connection.createStatement()) {
			statement.execute("TRUNCATE flat");
		}
		this.connection.setAutoCommit(false);
		this.insert = this.connection.prepareStatement(INSERT);
	}

	@Override
	public void handleBatch(List<RecordChangeEvent<SourceRecord>> events,
			RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
		try {
			for (RecordChangeEvent<SourceRecord> event : events) {
				add(event.record());
			}
			this.insert.executeBatch();
			this.connection.commit();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		this.rows += events.size();
		if (this.rows >= this.expected) {
			this.done.complete(System.nanoTime());
		}
		for (RecordChangeEvent<SourceRecord> event : events) {
			committer.markProcessed(event);
		}
		committer.markBatchFinished();
	}

	private void add(SourceRecord record) throws SQLException {
		Struct change = (Struct) record.value();
		Struct source = change.getStruct("source");
		long id = source.getInt64("txId");
		this.ordinal = (id == this.transaction) ? this.ordinal + 1 : 0;
		this.transaction = id;
		long position = source.getInt64("lsn");
		Struct key = (Struct) record.key();
		String operation = change.getString("op").toUpperCase(Locale.ROOT);
		Struct image = change.getStruct(operation.equals("D") ? "before" : "after");
		this.insert.setString(1, Instant.EPOCH.plus(source.getInt64("ts_us"), ChronoUnit.MICROS).toString());
		this.insert.setString(2, LogSequenceNumber.valueOf(position).asString());
		this.insert.setLong(3, this.ordinal);
		this.insert.setLong(4, id);
		this.insert.setString(5, operation);
		this.insert.setString(6, String.valueOf(key.get(key.schema().fields().get(0))));
		this.insert.setString(7,
				new String(this.json.fromConnectData(record.topic(), image.schema(), image), StandardCharsets.UTF_8));
		this.insert.addBatch();
	}

	/**
	 * Takes note that the engine does not go on.
	 */
	void ended(String message, @Nullable Throwable error) {
		this.done.completeExceptionally(new IllegalStateException(message, error));
	}

	/**
	 * Waits for the last row.
	 * @return when it was committed
	 */
	long awaitRows() throws Exception {
		return this.done.get(5, TimeUnit.MINUTES);
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

}
