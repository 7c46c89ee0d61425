package io.bemi.replication;

import java.nio.ByteBuffer;
import java.sql.SQLException;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * A running stream of pgoutput messages. Used by one thread.
 */
public final class ReplicationStream implements AutoCloseable {

	private final PGReplicationStream stream;

	private final ReplicationSettings settings;

	ReplicationStream(PGReplicationStream stream, ReplicationSettings settings) {
		this.stream = stream;
		this.settings = settings;
	}

	/**
	 * Takes the next message if one has arrived, and answers the server's keepalives.
	 * @return the message, or {@code null} when none is there now
	 * @throws LongMessageException when memory has no room for it; the stream has ended
	 * @throws ReplicationException when the stream has ended
	 */
	public @Nullable ByteBuffer poll() {
		try {
			return this.stream.readPending();
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	/**
	 * The position that came with the last message: the start of its WAL record; or, when
	 * a keepalive came later, how far the server has read.
	 * @return the position
	 */
	public Position received() {
		return new Position(this.stream.getLastReceiveLSN().asLong());
	}

	/**
	 * Tells the server that everything before a position is stored, so that it may remove
	 * that WAL. Sent with the next status update, within a second.
	 * @param position the end of what is stored
	 */
	public void confirm(Position position) {
		LogSequenceNumber confirmed = LogSequenceNumber.valueOf(position.value());
		this.stream.setFlushedLSN(confirmed);
		this.stream.setAppliedLSN(confirmed);
	}

	/**
	 * Sends what was confirmed, now.
	 * @throws ReplicationException when the stream has ended
	 */
	public void sendStatus() {
		try {
			this.stream.forceUpdateStatus();
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	@Override
	public void close() {
		try {
			this.stream.close();
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

}
