package io.bemi.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A wire to a server on this machine that can be cut, or stalled as by a network that
 * loses everything.
 */
public final class TcpProxy implements AutoCloseable {

	private final ServerSocket listener;

	private final int target;

	private final List<Link> links = new CopyOnWriteArrayList<>();

	private boolean requests = true;

	private boolean answers = true;

	private volatile boolean away;

	/**
	 * Begins to pass on what arrives.
	 * @param target the server's port
	 */
	public TcpProxy(int target) throws IOException {
		this.target = target;
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		thread(this::accept);
	}

	/**
	 * The port to connect to instead of the server's.
	 */
	public int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Whether one of its connections to the server comes from a port.
	 */
	public boolean owns(int clientPort) {
		return this.links.stream().anyMatch((link) -> link.server.getLocalPort() == clientPort);
	}

	/**
	 * Resets every connection.
	 */
	public void cut() {
		this.links.forEach(Link::cut);
	}

	/**
	 * Loses everything that is sent over the present connections, as after the other
	 * machine has vanished: neither side hears of the other again.
	 * @param clientPort of the only connection to the server concerned; 0 for all
	 */
	public void abandon(int clientPort) {
		this.links.stream()
			.filter((link) -> clientPort == 0 || link.server.getLocalPort() == clientPort)
			.forEach((link) -> link.abandoned = true);
	}

	/**
	 * Holds back what is sent from now on; connections stay open.
	 * @param requests what clients send
	 * @param answers what the server sends
	 */
	public synchronized void stall(boolean requests, boolean answers) {
		this.requests = !requests;
		this.answers = !answers;
	}

	/**
	 * Passes on what was held back, and everything after that.
	 */
	public synchronized void resume() {
		this.requests = true;
		this.answers = true;
		this.away = false;
		notifyAll();
	}

	/**
	 * Cuts every connection and refuses new ones.
	 */
	public void away() {
		this.away = true;
		cut();
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				Socket client = this.listener.accept();
				if (this.away) {
					reset(client);
					continue;
				}
				Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), this.target));
				this.links.add(link);
				if (this.away) {
					link.cut();
				}
				thread(() -> link.pump(client, link.server, true));
				thread(() -> link.pump(link.server, client, false));
			}
			catch (IOException ex) {
				// The listener is closed, or the server is not there: the client sees the
				// latter as the end of its connection.
			}
		}
	}

	private static void thread(Runnable work) {
		Thread thread = new Thread(work, "tcp-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private synchronized void awaitPassage(boolean request) throws InterruptedException {
		while (!(request ? this.requests : this.answers)) {
			wait();
		}
	}

	private static void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
		}
		catch (SocketException ex) {
			// It is closed already.
		}
		close(socket);
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// Nothing depends on it any more.
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		cut();
		resume();
	}

	/**
	 * A connection of a client, and the one to the server that belongs to it.
	 */
	private final class Link {

		private final Socket client;

		private final Socket server;

		private volatile boolean abandoned;

		Link(Socket client, Socket server) {
			this.client = client;
			this.server = server;
		}

		void pump(Socket from, Socket to, boolean request) {
			byte[] buffer = new byte[16_384];
			try {
				InputStream in = from.getInputStream();
				OutputStream out = to.getOutputStream();
				for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
					awaitPassage(request);
					if (!this.abandoned) {
						out.write(buffer, 0, read);
					}
				}
			}
			catch (IOException ex) {
				// One side has gone: so does the other.
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			TcpProxy.close(from);
			if (!this.abandoned) {
				TcpProxy.close(to);
				TcpProxy.this.links.remove(this);
			}
		}

		void cut() {
			reset(this.client);
			reset(this.server);
		}

	}

}
