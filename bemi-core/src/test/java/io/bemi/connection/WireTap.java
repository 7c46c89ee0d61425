package io.bemi.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

import io.bemi.testsupport.TestDatabase;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Sits between the driver and the server and writes down what the driver sends: one
 * letter per message, one string per flight, that is per turn of waiting for the server.
 */
final class WireTap implements AutoCloseable {

	private final TestDatabase database;

	private final ServerSocket entrance;

	private final List<StringBuilder> flights = new ArrayList<>();

	private boolean answered = true;

	WireTap(TestDatabase database) {
		this.database = database;
		try {
			this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	/**
	 * A data source whose connections lead through the tap.
	 */
	PGSimpleDataSource dataSource(Properties properties) {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl("jdbc:postgresql://127.0.0.1:" + this.entrance.getLocalPort() + "/" + this.database.name()
				+ "?sslmode=disable&gssEncMode=disable");
		dataSource.setUser(this.database.server().username());
		dataSource.setPassword(this.database.server().password());
		properties.forEach((key, value) -> {
			try {
				dataSource.setProperty((String) key, (String) value);
			}
			catch (java.sql.SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		return dataSource;
	}

	synchronized void reset() {
		this.flights.clear();
		this.answered = true;
	}

	/**
	 * What was sent since the last reset, such as {@code [QBES, BEBES]}.
	 */
	synchronized List<String> flights() {
		return this.flights.stream().map(StringBuilder::toString).toList();
	}

	private synchronized void sent(char type) {
		if (this.answered) {
			this.flights.add(new StringBuilder());
			this.answered = false;
		}
		// Describe depends on what the driver knows already, Close on its garbage.
		if (type != 'D' && type != 'P' && type != 'C') {
			this.flights.get(this.flights.size() - 1).append(type);
		}
	}

	private synchronized void answered() {
		this.answered = true;
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.entrance.accept();
				Socket server = new Socket(this.database.server().host(), this.database.server().port());
				client.setTcpNoDelay(true);
				server.setTcpNoDelay(true);
				start(() -> forward(client, server, true));
				start(() -> forward(server, client, false));
			}
		}
		catch (IOException ex) {
			// Closed.
		}
	}

	private void forward(Socket from, Socket to, boolean frontend) {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			Parser parser = new Parser();
			byte[] buffer = new byte[1 << 20];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				if (frontend) {
					parser.feed(Arrays.copyOf(buffer, length));
				}
				else {
					answered();
				}
				out.write(buffer, 0, length);
			}
		}
		catch (IOException ex) {
			// One side has hung up.
		}
	}

	private static void start(Runnable work) {
		Thread thread = new Thread(work, "wire-tap");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.entrance.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Finds the messages in the bytes; the first one, the startup message, has no type.
	 */
	private final class Parser {

		private byte[] rest = new byte[0];

		private boolean started;

		void feed(byte[] bytes) {
			ByteBuffer data = ByteBuffer.allocate(this.rest.length + bytes.length).put(this.rest).put(bytes).flip();
			while (true) {
				int header = this.started ? 5 : 4;
				if (data.remaining() < header) {
					break;
				}
				int length = data.getInt(data.position() + header - 4) + header - 4;
				if (data.remaining() < length) {
					break;
				}
				if (this.started) {
					sent((char) data.get(data.position()));
				}
				this.started = true;
				data.position(data.position() + length);
			}
			this.rest = new byte[data.remaining()];
			data.get(this.rest);
		}

	}

}
