package io.bemi.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Those who follow the live list, each by a connection of its own: in one thread that
 * keeps nothing, so that what they take is the dashboard's.
 */
final class LiveViewers implements AutoCloseable {

	private static final byte[] EVENT = "event: change\n".getBytes(StandardCharsets.US_ASCII);

	private final Selector selector;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);

	private final AtomicLong events = new AtomicLong();

	private volatile boolean closed;

	/**
	 * Connects them.
	 * @param queries what each asks for, in turn
	 */
	LiveViewers(int port, int viewers, List<String> queries) throws IOException {
		this.selector = Selector.open();
		for (int i = 0; i < viewers; i++) {
			SocketChannel channel = SocketChannel.open(new InetSocketAddress("localhost", port));
			String query = queries.get(i % queries.size());
			channel.write(ByteBuffer.wrap(("GET " + DashboardQuestion.API + "/changes/stream?" + query
					+ " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII)));
			channel.configureBlocking(false);
			channel.register(this.selector, SelectionKey.OP_READ, new int[1]);
		}
		Thread thread = new Thread(this::read, "viewers");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * How many changes all of them have seen.
	 */
	long events() {
		return this.events.get();
	}

	private void read() {
		try {
			while (!this.closed) {
				this.selector.select(100);
				for (SelectionKey key : this.selector.selectedKeys()) {
					read(key);
				}
				this.selector.selectedKeys().clear();
			}
			for (SelectionKey key : this.selector.keys()) {
				key.channel().close();
			}
			this.selector.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void read(SelectionKey key) throws IOException {
		int[] matched = (int[]) key.attachment();
		this.buffer.clear();
		if (((SocketChannel) key.channel()).read(this.buffer) < 0) {
			throw new IOException("A viewer was cut off");
		}
		this.buffer.flip();
		while (this.buffer.hasRemaining()) {
			byte next = this.buffer.get();
			matched[0] = (next == EVENT[matched[0]]) ? matched[0] + 1 : (next == EVENT[0]) ? 1 : 0;
			if (matched[0] == EVENT.length) {
				matched[0] = 0;
				this.events.incrementAndGet();
			}
		}
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
