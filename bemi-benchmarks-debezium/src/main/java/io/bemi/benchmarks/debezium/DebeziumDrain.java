package io.bemi.benchmarks.debezium;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import org.apache.kafka.connect.source.SourceRecord;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Drains slots with Debezium Engine into a flat table, and prints how long the last one
 * took: from when the server streams from the slot until its last row is committed. The
 * slots before it only warm up.
 */
public final class DebeziumDrain {

	private static final String ACTIVE = "SELECT active FROM pg_replication_slots WHERE slot_name = ?";

	private final String url;

	private final String publication;

	private final String sink;

	private DebeziumDrain(String url, String publication, String sink) {
		this.url = url;
		this.publication = publication;
		this.sink = sink;
	}

	/**
	 * Drains slots.
	 * @param arguments the source's JDBC URL, the publication, the sink's JDBC URL, and
	 * any number of slots, each followed by the number of its rows
	 * @throws Exception when a slot cannot be drained
	 */
	public static void main(String[] arguments) throws Exception {
		if (arguments.length < 5 || arguments.length % 2 == 0) {
			System.err.println("Usage: DebeziumDrain URL PUBLICATION SINK_URL SLOT ROWS [SLOT ROWS]...");
			System.exit(2);
		}
		DebeziumDrain drain = new DebeziumDrain(arguments[0], arguments[1], arguments[2]);
		double millis = 0;
		for (int i = 3; i < arguments.length; i += 2) {
			millis = drain.drain(arguments[i], Integer.parseInt(arguments[i + 1]));
		}
		System.out.printf(Locale.ROOT, "elapsed_ms=%.1f%n", millis);
		System.exit(0);
	}

	private double drain(String slot, int rows) throws Exception {
		try (FlatTable table = new FlatTable(this.sink, rows);
				Connection source = DriverManager.getConnection(this.url);
				DebeziumEngine<RecordChangeEvent<SourceRecord>> engine = DebeziumEngine
					.create(ChangeEventFormat.of(Connect.class))
					.using(properties(slot))
					.notifying(table)
					.using((success, message, error) -> table.ended(message, error))
					.build()) {
			Thread thread = new Thread(engine, slot);
			thread.setDaemon(true);
			thread.start();
			awaitStream(source, slot);
			long begun = System.nanoTime();
			return (table.awaitRows() - begun) / 1e6;
		}
	}

	private static void awaitStream(Connection source, String slot) throws SQLException {
		try (PreparedStatement statement = source.prepareStatement(ACTIVE)) {
			statement.setString(1, slot);
			long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
			while (!isActive(statement)) {
				if (System.nanoTime() > deadline) {
					throw new IllegalStateException("Nothing streams from slot '" + slot + "'");
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
			}
		}
	}

	private static boolean isActive(PreparedStatement statement) throws SQLException {
		try (ResultSet row = statement.executeQuery()) {
			return row.next() && row.getBoolean(1);
		}
	}

	/**
	 * Large batches, no waiting, and nothing done that is not asked for.
	 */
	private Properties properties(String slot) {
		Properties source = Objects.requireNonNull(Driver.parseURL(this.url, new Properties()));
		Properties properties = new Properties();
		properties.setProperty("name", slot);
		properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
		properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
		properties.setProperty("topic.prefix", slot);
		properties.setProperty("database.hostname", PGProperty.PG_HOST.getOrDefault(source));
		properties.setProperty("database.port", PGProperty.PG_PORT.getOrDefault(source));
		properties.setProperty("database.dbname", PGProperty.PG_DBNAME.getOrDefault(source));
		properties.setProperty("database.user", PGProperty.USER.getOrDefault(source));
		properties.setProperty("plugin.name", "pgoutput");
		properties.setProperty("slot.name", slot);
		properties.setProperty("publication.name", this.publication);
		properties.setProperty("publication.autocreate.mode", "disabled");
		properties.setProperty("snapshot.mode", "no_data");
		properties.setProperty("tombstones.on.delete", "false");
		properties.setProperty("statistics.metrics.enabled", "false");
		properties.setProperty("max.batch.size", "8192");
		properties.setProperty("max.queue.size", "32768");
		properties.setProperty("poll.interval.ms", "5");
		return properties;
	}

}
