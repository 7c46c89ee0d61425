package io.bemi.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that have to be told one. They are below those that a system gives to
 * outgoing connections (from 32768 on Linux, from 49152 by RFC 6335), one of which may
 * otherwise have it before the server, or while the server is started again.
 */
public final class Ports {

	private static final int FIRST = 10_240;

	private static final int END = 32_768;

	private Ports() {
	}

	/**
	 * A port that nobody listens at.
	 */
	public static int free() {
		for (int attempt = 0; attempt < 1_000; attempt++) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, END);
			try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (IOException ex) {
				// Somebody has it: another one.
			}
		}
		throw new UncheckedIOException(new IOException("No port is free from " + FIRST + " to " + END));
	}

}
