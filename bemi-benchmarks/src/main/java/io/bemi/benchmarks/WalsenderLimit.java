package io.bemi.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets each walsender of a server have a share of a core, and no more, while others may
 * have the rest of the machine: they are stopped and continued by signals.
 */
final class WalsenderLimit implements AutoCloseable {

	private static final String WALSENDERS = "SELECT pid FROM pg_stat_replication";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/** When its input ends, whatever has become of this JVM, all go on. */
	private static final String SIGNALS = "while read -r signal pid; do kill -s $signal $pid; done; kill -s CONT \"$@\"";

	private final List<Long> pids;

	private final Process shell;

	private final Writer signals;

	private final List<DutyCycle> cycles = new ArrayList<>();

	private WalsenderLimit(List<Long> pids) throws IOException {
		this.pids = pids;
		this.shell = new ProcessBuilder(
				Stream.concat(Stream.of("sh", "-c", SIGNALS, "sh"), pids.stream().map(String::valueOf)).toList())
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		this.signals = this.shell.outputWriter(StandardCharsets.UTF_8);
	}

	/**
	 * Waits for walsenders to start, and limits them.
	 * @param server the server
	 * @param walsenders how many there will be
	 * @param share what each has of a core; 1 for no limit
	 */
	static WalsenderLimit start(IngestServer server, int walsenders, double share)
			throws SQLException, IOException, InterruptedException {
		WalsenderLimit limit = new WalsenderLimit(find(server, walsenders));
		if (share < 1) {
			for (int i = 0; i < walsenders; i++) {
				limit.cycles
					.add(new DutyCycle(limit.pids.get(i), share, DutyCycle.PERIOD * i / walsenders, limit::signal));
			}
		}
		return limit;
	}

	private static List<Long> find(IngestServer server, int walsenders) throws SQLException, InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
			while (System.nanoTime() < deadline) {
				List<Long> pids = new ArrayList<>();
				try (ResultSet row = statement.executeQuery(WALSENDERS)) {
					while (row.next()) {
						pids.add(row.getLong(1));
					}
				}
				if (pids.size() == walsenders) {
					return pids;
				}
				Thread.sleep(1);
			}
		}
		throw new IllegalStateException("Expected " + walsenders + " walsenders");
	}

	List<Long> pids() {
		return this.pids;
	}

	/**
	 * In which part of their turns walsenders were at work still when they were stopped:
	 * 1 where nothing else holds them up.
	 */
	double cutShort() {
		return this.cycles.stream().mapToDouble(DutyCycle::cutShort).average().orElse(Double.NaN);
	}

	private synchronized void signal(String signal, long pid) {
		try {
			this.signals.write(signal + " " + pid + "\n");
			this.signals.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Lets them go on.
	 */
	@Override
	public void close() throws IOException, InterruptedException {
		for (DutyCycle cycle : this.cycles) {
			cycle.close();
		}
		if (!this.shell.isAlive()) {
			throw new IllegalStateException("The walsenders were not limited until the end");
		}
		this.signals.close();
		this.shell.waitFor();
	}

}
