package io.bemi.pgoutput;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.bemi.change.Position;
import io.bemi.testsupport.TestDatabase;

/**
 * A publication of all tables, a slot, and a session with the settings of the replication
 * connection that reads it.
 */
public final class SlotSession implements AutoCloseable {

	private static final String READ = "SELECT lsn, data FROM pg_logical_slot_get_binary_changes('%s', NULL, NULL,"
			+ " 'proto_version', '1', 'publication_names', 'everything', 'messages', 'true')";

	private final String slot;

	private final Connection connection;

	private final PgOutputDecoder decoder = new PgOutputDecoder();

	/**
	 * Creates publication and slot.
	 * @param database where
	 * @throws SQLException when that fails
	 */
	public SlotSession(TestDatabase database) throws SQLException {
		this.slot = "slot_" + database.name();
		this.connection = database.connect();
		// The function reads what has been flushed.
		execute("SET synchronous_commit = on", "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO'",
				"SET bytea_output = 'hex'", "SET IntervalStyle = 'postgres'",
				"CREATE PUBLICATION everything FOR ALL TABLES",
				"SELECT pg_create_logical_replication_slot('" + this.slot + "', 'pgoutput')");
	}

	/**
	 * The session.
	 * @return a connection in autocommit mode
	 */
	public Connection connection() {
		return this.connection;
	}

	/**
	 * Runs statements, one transaction each.
	 * @param statements the statements
	 * @throws SQLException when one fails
	 */
	public void execute(String... statements) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	/**
	 * Takes what has been written since the last call.
	 * @return the messages with the positions that the stream gives them
	 * @throws SQLException when reading fails
	 */
	public List<Received> receive() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet row = statement.executeQuery(READ.formatted(this.slot))) {
			List<Received> messages = new ArrayList<>();
			while (row.next()) {
				messages.add(new Received(Position.parse(row.getString(1)),
						this.decoder.decode(ByteBuffer.wrap(row.getBytes(2)))));
			}
			return messages;
		}
	}

	/**
	 * Takes the messages of one kind that have been written since the last call.
	 * @param <M> the kind
	 * @param kind the kind
	 * @return the messages
	 * @throws SQLException when reading fails
	 */
	public <M extends PgOutputMessage> List<M> receive(Class<M> kind) throws SQLException {
		return receive().stream().map(Received::message).filter(kind::isInstance).map(kind::cast).toList();
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

	/**
	 * A message and where it was received.
	 *
	 * @param position what the stream's header gives
	 * @param message the message
	 */
	public record Received(Position position, PgOutputMessage message) {
	}

}
