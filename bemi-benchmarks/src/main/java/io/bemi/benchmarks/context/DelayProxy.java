package io.bemi.benchmarks.context;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts a server further away: whatever passes is held back for a while, in both
 * directions. Chunks wait side by side, so that many take no longer than one.
 */
final class DelayProxy implements AutoCloseable {

	/** A thread that sleeps wakes up so much late. */
	private static final long LATE = 100_000;

	private static final Chunk END = new Chunk(new byte[0], 0);

	private final ServerSocket listener;

	private final int target;

	private volatile long delay;

	private DelayProxy(ServerSocket listener, int target) {
		this.listener = listener;
		this.target = target;
	}

	static DelayProxy start(int target) throws IOException {
		DelayProxy proxy = new DelayProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
		run(proxy::accept);
		return proxy;
	}

	int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Holds back for so many nanoseconds in each direction, from now on.
	 */
	void delay(long nanos) {
		this.delay = nanos;
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
			pump(client, server);
			pump(server, client);
		}
	}

	private void pump(Socket from, Socket to) {
		BlockingQueue<Chunk> waiting = new LinkedBlockingQueue<>();
		run(() -> {
			byte[] buffer = new byte[65_536];
			try (from) {
				for (int size = from.getInputStream().read(buffer); size >= 0; size = from.getInputStream()
					.read(buffer)) {
					waiting.add(new Chunk(Arrays.copyOf(buffer, size), System.nanoTime() + this.delay));
				}
			}
			finally {
				waiting.add(END);
			}
		});
		run(() -> {
			try (to) {
				OutputStream out = to.getOutputStream();
				for (Chunk chunk = waiting.take(); chunk != END; chunk = waiting.take()) {
					chunk.await();
					out.write(chunk.bytes());
				}
			}
		});
	}

	private static void run(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// The connection, or the listener, was closed.
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "delay");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
	}

	/**
	 * What waits.
	 *
	 * @param bytes what was read at once
	 * @param due when it is passed on
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Chunk(byte[] bytes, long due) {

		void await() {
			for (long left = this.due - System.nanoTime(); left > 0; left = this.due - System.nanoTime()) {
				if (left > LATE) {
					LockSupport.parkNanos(left - LATE);
				}
				else {
					Thread.onSpinWait();
				}
			}
		}

	}

	/**
	 * What a thread does.
	 */
	@FunctionalInterface
	private interface Work {

		void run() throws IOException, InterruptedException;

	}

}
