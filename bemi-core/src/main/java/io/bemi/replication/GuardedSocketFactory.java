package io.bemi.replication;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

import javax.net.SocketFactory;

import org.jspecify.annotations.Nullable;

/**
 * Gives the driver sockets that do not hand on what memory has no room for. Named to the
 * driver, which creates it.
 */
public final class GuardedSocketFactory extends SocketFactory {

	@Override
	public Socket createSocket() {
		return new GuardedSocket();
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return connected(new InetSocketAddress(host, port), null);
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return connected(new InetSocketAddress(host, port), null);
	}

	@Override
	public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort) throws IOException {
		return connected(new InetSocketAddress(host, port), new InetSocketAddress(localAddress, localPort));
	}

	private static Socket connected(InetSocketAddress address, @Nullable InetSocketAddress local) throws IOException {
		Socket socket = new GuardedSocket();
		try {
			if (local != null) {
				socket.bind(local);
			}
			socket.connect(address);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	/**
	 * A socket whose input is guarded.
	 */
	private static final class GuardedSocket extends Socket {

		private @Nullable InputStream input;

		@Override
		public synchronized InputStream getInputStream() throws IOException {
			if (this.input == null) {
				this.input = new MessageGuard(super.getInputStream(),
						(length) -> HeapRoom.canFree(HeapRoom.needed(length)));
			}
			return this.input;
		}

	}

}
