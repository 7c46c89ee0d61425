package io.bemi.replication;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongPredicate;

import io.bemi.change.Position;

/**
 * What a server sends, up to a message of the stream that memory has no room for. The
 * driver takes as much memory as a message announces; to be out of memory may end an
 * application, so it must not come to that.
 * <p>
 * A message of the server is its type, its length (without the type) and its content. One
 * of the stream has type {@code d} and begins with {@code w}, where its record starts,
 * where the log ends, the time; then comes what {@code pgoutput} says, first the kind and
 * for rows the table. What is encrypted is passed on as it is.
 */
final class MessageGuard extends InputStream {

	/** Shorter ones are not looked at. */
	private static final int LONG = 1 << 20;

	private static final int HEADER = 5;

	private static final int START = 1 + 3 * Long.BYTES + 1 + Integer.BYTES;

	private final InputStream in;

	private final LongPredicate fits;

	private final byte[] header = new byte[HEADER];

	private int headerSize;

	/** What is left of a message. */
	private long left;

	private boolean started;

	private boolean unguarded;

	/**
	 * Creates a guard.
	 * @param in what the server sends
	 * @param fits whether memory has room for a message of some length
	 */
	MessageGuard(InputStream in, LongPredicate fits) {
		this.in = in;
		this.fits = fits;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		int count = this.in.read(bytes, offset, length);
		if (!this.unguarded) {
			follow(bytes, offset, offset + count);
		}
		return count;
	}

	private void follow(byte[] bytes, int from, int to) throws IOException {
		int at = from;
		while (at < to && !this.unguarded) {
			if (this.left > 0) {
				int passed = (int) Math.min(this.left, to - at);
				this.left -= passed;
				at += passed;
				continue;
			}
			if (!this.started && !isStart(bytes[at])) {
				at++;
				continue;
			}
			this.header[this.headerSize++] = bytes[at++];
			if (this.headerSize == HEADER) {
				this.headerSize = 0;
				this.left = (ByteBuffer.wrap(this.header).getInt(1) & 0xFFFFFFFFL) - Integer.BYTES;
				if (this.header[0] == 'd' && this.left > LONG) {
					check(Arrays.copyOfRange(bytes, at, Math.min(to, at + START)));
				}
			}
		}
	}

	/**
	 * Before the first message comes at most one byte for each kind of encryption that
	 * the client has asked for: N for no, else what follows is encrypted. The first
	 * message is R (how to authenticate) or E (an error).
	 */
	private boolean isStart(byte first) {
		this.started = first == 'R' || first == 'E';
		this.unguarded = !this.started && first != 'N';
		return this.started;
	}

	private void check(byte[] known) throws IOException {
		if (this.fits.test(this.left)) {
			return;
		}
		byte[] start = Arrays.copyOf(known, START);
		for (int size = known.length; size < START;) {
			size += readMore(start, size);
		}
		ByteBuffer message = ByteBuffer.wrap(start);
		byte kind = message.get(START - Integer.BYTES - 1);
		throw new LongMessage(this.left, new Position(message.getLong(1)),
				(kind == 'I' || kind == 'U' || kind == 'D') ? message.getInt(START - Integer.BYTES) : 0);
	}

	/**
	 * The driver may have asked for what there is within a millisecond.
	 */
	private int readMore(byte[] start, int size) throws IOException {
		try {
			int count = this.in.read(start, size, START - size);
			if (count < 0) {
				throw new EOFException("The server has closed the connection");
			}
			return count;
		}
		catch (SocketTimeoutException ex) {
			return 0;
		}
	}

	@Override
	public int available() throws IOException {
		return this.in.available();
	}

	@Override
	public void close() throws IOException {
		this.in.close();
	}

	/**
	 * A message that does not fit.
	 */
	static final class LongMessage extends IOException {

		private static final long serialVersionUID = 1L;

		final long length;

		final transient Position position;

		final int relation;

		LongMessage(long length, Position position, int relation) {
			super("A message of " + length + " bytes does not fit into memory");
			this.length = length;
			this.position = position;
			this.relation = relation;
		}

	}

}
