package io.bemi.replication;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * A running stream of pgoutput messages. Used by one thread; another one may answer for
 * it meanwhile.
 */
public final class ReplicationStream implements AutoCloseable {

	private static final long CONFIRM_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	private static final String NOT_IN_PREREQUISITE_STATE = "55000";

	private final Connection connection;

	private final PGReplicationStream stream;

	private final ReplicationSettings settings;

	private final LongAdder received;

	private Position done = Position.ZERO;

	private Position confirmed = Position.ZERO;

	private long confirmedAt = System.nanoTime();

	ReplicationStream(Connection connection, PGReplicationStream stream, ReplicationSettings settings,
			LongAdder received) {
		this.connection = connection;
		this.stream = stream;
		this.settings = settings;
		this.received = received;
	}

	/**
	 * Takes the next message if one has arrived, and answers the server's keepalives.
	 * @return the message, or {@code null} when none is there now
	 * @throws UnreadableSlotException when changes before it cannot be read
	 * @throws LongMessageException when memory has no room for it; the stream has ended
	 * @throws ReplicationException when the stream has ended
	 */
	public synchronized @Nullable ByteBuffer poll() {
		if (System.nanoTime() - this.confirmedAt > CONFIRM_INTERVAL) {
			sendStatus();
		}
		try {
			ByteBuffer message = this.stream.readPending();
			heed();
			if (message != null) {
				this.received.add(message.remaining());
			}
			return message;
		}
		catch (SQLException ex) {
			throw ReplicationProblems.whileReading(ex, this.settings);
		}
	}

	/**
	 * Servers up to 17 fail when there was no publication at a place in the log. Later
	 * ones leave out what was changed there, and warn.
	 */
	private void heed() throws SQLException {
		SQLWarning first = this.connection.getWarnings();
		if (first == null) {
			return;
		}
		for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
			if (NOT_IN_PREREQUISITE_STATE.equals(warning.getSQLState())
					&& String.valueOf(warning.getMessage()).contains(this.settings.publication())) {
				throw ReplicationProblems.noPublicationThen(this.settings, warning);
			}
		}
		this.connection.clearWarnings();
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
	 * that WAL. Sent within a second.
	 * @param position the end of what is stored
	 */
	public synchronized void confirm(Position position) {
		this.done = position;
	}

	/**
	 * Sends what was confirmed, now. Otherwise the server is only told what has arrived
	 * here: it does not shut down before all that it has sent is either confirmed or, by
	 * one who does not confirm, received.
	 * @throws ReplicationException when the stream has ended
	 */
	public synchronized void sendStatus() {
		this.confirmedAt = System.nanoTime();
		if (!this.done.isAfter(this.confirmed)) {
			return;
		}
		try {
			report(LogSequenceNumber.valueOf(this.done.value()));
			this.stream.forceUpdateStatus();
			this.confirmed = this.done;
			report(LogSequenceNumber.INVALID_LSN);
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	/**
	 * Tells the server that somebody is here, though nothing was read for some time.
	 * @throws ReplicationException when the stream has ended
	 */
	public synchronized void keepAlive() {
		try {
			this.stream.forceUpdateStatus();
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	/**
	 * Cuts the connection, whatever another thread does with the stream: who reads next
	 * finds it ended. The server does not have to wait for anybody to read its last
	 * words.
	 */
	public void abort() {
		try {
			this.connection.abort(Runnable::run);
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	private void report(LogSequenceNumber position) {
		this.stream.setFlushedLSN(position);
		this.stream.setAppliedLSN(position);
	}

	@Override
	public synchronized void close() {
		try {
			this.stream.close();
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

}
