package io.bemi.it.entrypoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.bemi.testsupport.Ports;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.FileSystemUtils;

/**
 * The application's RabbitMQ: one server for all tests, that of the Debian package
 * {@code rabbitmq-server}, as a process of its own on free ports.
 */
@Configuration(proxyBeanMethods = false)
class RabbitBroker {

	static final String HOW_TO_INSTALL = "RabbitMQ is not installed, so nothing was tested with it:"
			+ " apt-get install --no-install-recommends rabbitmq-server";

	private static final Path PACKAGE = Path.of("/usr/lib/rabbitmq/lib");

	private static @Nullable Integer port;

	// The package's own script changes to the user rabbitmq; this is what it calls.
	private static Optional<Path> script() {
		if (!Files.isDirectory(PACKAGE)) {
			return Optional.empty();
		}
		try (Stream<Path> versions = Files.list(PACKAGE)) {
			return versions.map((version) -> version.resolve("sbin/rabbitmq-server")).filter(Files::exists).findFirst();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static boolean isInstalled() {
		return script().isPresent();
	}

	private static synchronized int shared() {
		if (port == null) {
			try {
				port = start(script().orElseThrow(() -> new IllegalStateException(HOW_TO_INSTALL)));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return port;
	}

	private static int start(Path script) throws IOException {
		List<Integer> ports = Stream.generate(Ports::free).distinct().limit(3).toList();
		Path home = Files.createTempDirectory("bemi-rabbitmq");
		Path plugins = Files.writeString(home.resolve("plugins"), "[].");
		Files.writeString(home.resolve("rabbitmq.conf"), "listeners.tcp.1 = 127.0.0.1:" + ports.get(0) + "\n");
		Path environment = Files.createFile(home.resolve("environment"));
		ProcessBuilder builder = new ProcessBuilder(script.toString());
		builder.environment()
			.putAll(Map.ofEntries(Map.entry("HOME", home.toString()),
					Map.entry("RABBITMQ_NODENAME", "bemi" + ports.get(0) + "@localhost"),
					Map.entry("RABBITMQ_NODE_PORT", ports.get(0).toString()),
					Map.entry("RABBITMQ_DIST_PORT", ports.get(1).toString()),
					Map.entry("ERL_EPMD_PORT", ports.get(2).toString()),
					Map.entry("RABBITMQ_MNESIA_BASE", home.resolve("data").toString()),
					Map.entry("RABBITMQ_LOG_BASE", home.resolve("log").toString()),
					Map.entry("RABBITMQ_CONF_ENV_FILE", environment.toString()),
					Map.entry("RABBITMQ_CONFIG_FILE", home.resolve("rabbitmq").toString()),
					Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
					Map.entry("RABBITMQ_PID_FILE", home.resolve("pid").toString())));
		Path output = home.resolve("output");
		Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, ports.get(2), home)));
		Awaitility.await("RabbitMQ, see " + output)
			.atMost(Duration.ofSeconds(60))
			.until(() -> !process.isAlive() || isOpen(ports.get(0)));
		if (!process.isAlive()) {
			throw new IllegalStateException("RabbitMQ did not start: " + Files.readString(output));
		}
		return ports.get(0);
	}

	private static boolean isOpen(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void stop(Process process, int mapper, Path home) {
		try {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly().waitFor();
			// The port mapper, which it has started for itself, is no child of it, and
			// stays
			// as long as it believes that somebody is there.
			for (int attempt = 0; attempt < 50 && !endPortMapper(mapper); attempt++) {
				TimeUnit.MILLISECONDS.sleep(100);
			}
			FileSystemUtils.deleteRecursively(home);
		}
		catch (IOException ex) {
			// What is left is a directory for temporary files.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean endPortMapper(int port) throws IOException, InterruptedException {
		return new ProcessBuilder("epmd", "-port", String.valueOf(port), "-kill")
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor() == 0;
	}

	@Bean
	RabbitConnectionDetails rabbit() {
		RabbitConnectionDetails.Address address = new RabbitConnectionDetails.Address("127.0.0.1", shared());
		return () -> List.of(address);
	}

	/**
	 * Matches where there is a server to start.
	 */
	static final class Installed implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return isInstalled();
		}

	}

}
