package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/**
 * pgjdbc's replication stream, whose bytes are thrown away.
 */
final class RawStream implements AutoCloseable {

	private final Connection connection;

	private final String slot;

	private final String publication;

	private @Nullable PGReplicationStream stream;

	/**
	 * Connects, and does not stream yet.
	 */
	RawStream(ReplicationSettings settings, String slot) {
		this.connection = new ReplicationSource(settings).connectForReplication();
		this.slot = slot;
		this.publication = settings.publication();
	}

	void start() throws SQLException {
		this.stream = this.connection.unwrap(PGConnection.class)
			.getReplicationAPI()
			.replicationStream()
			.logical()
			.withSlotName(this.slot)
			.withSlotOption("proto_version", 1)
			.withSlotOption("publication_names", this.publication)
			.withSlotOption("messages", true)
			.withAutomaticFlush(false)
			.withStatusInterval(1, TimeUnit.SECONDS)
			.start();
	}

	void readRows(int rows) throws SQLException {
		for (int read = 0; read < rows;) {
			byte kind = next();
			read += (kind == 'I' || kind == 'U') ? 1 : 0;
		}
	}

	/**
	 * Reads up to the first message that somebody has written into the log.
	 */
	void readToMessage() throws SQLException {
		for (byte kind = next(); kind != 'M';) {
			kind = next();
		}
	}

	private byte next() throws SQLException {
		if (this.stream == null) {
			throw new IllegalStateException("'start' must come first");
		}
		return this.stream.read().get();
	}

	@Override
	public void close() throws SQLException {
		if (this.stream != null) {
			this.stream.close();
		}
		this.connection.close();
	}

}
