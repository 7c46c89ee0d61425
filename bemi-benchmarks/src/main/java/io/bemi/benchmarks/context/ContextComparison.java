package io.bemi.benchmarks.context;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.bemi.benchmarks.process.Child;
import io.bemi.benchmarks.process.Figures;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * What a JPA transaction takes with each way to audit, beside the same one without any.
 */
public final class ContextComparison {

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 24);

	private static final int TRANSACTIONS = Integer.getInteger("bemi.benchmarks.transactions", 200);

	private static final int WARM_UP = Integer.getInteger("bemi.benchmarks.warm-up", 4_000);

	private static final int MANY = 50;

	/** COMMIT that waits for the disk is measured in one of so many rounds. */
	private static final int SELDOM = 4;

	/** So long each figure of a round may take. */
	private static final long MILLIS = 400;

	/** No round begins later than that after the start. */
	private static final Duration LATEST_ROUND = Duration.ofMinutes(6);

	private final long begun = System.nanoTime();

	private final Map<Audit, Child> children = new EnumMap<>(Audit.class);

	private final Map<AuditCase, Map<Audit, List<Double>>> times = new LinkedHashMap<>();

	private ContextComparison() {
	}

	/**
	 * Runs the comparison, and prints a table and a line.
	 * @throws IOException when a server or a process does not do what it must
	 */
	public static void run() throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("shared_buffers", "512MB")
			.setServerConfig("max_wal_size", "4GB")
			.start(); DelayProxy proxy = DelayProxy.start(server.getPort())) {
			new ContextComparison().measure(server, proxy);
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
	}

	private void measure(EmbeddedPostgres server, DelayProxy proxy) throws IOException, SQLException {
		System.out.printf(Locale.ROOT, "A statement takes %.0f µs more where the server is 0.5 ms away%n",
				Distance.set(proxy, url(server.getPort(), "postgres"), url(proxy.port(), "postgres")));
		try {
			start(server, proxy);
			for (int round = 0; round <= ROUNDS && (round < 2 || !isLate()); round++) {
				// The first round only warms up.
				compare(round, round > 0);
			}
		}
		finally {
			this.children.values().forEach(Child::close);
		}
		print();
	}

	private static String url(int port, String database) {
		return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
	}

	private boolean isLate() {
		return System.nanoTime() - this.begun > LATEST_ROUND.toNanos();
	}

	private void start(EmbeddedPostgres server, DelayProxy proxy) throws IOException, SQLException {
		try (Connection connection = server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			for (Audit audit : Audit.values()) {
				statement.execute("CREATE DATABASE " + audit.database());
			}
		}
		for (Audit audit : Audit.values()) {
			this.children.put(audit, Child.start(AuditProcess.class, audit.name(),
					url(server.getPort(), audit.database()), url(proxy.port(), audit.database())));
		}
		for (Child child : this.children.values()) {
			child.answer();
		}
		for (Map.Entry<Audit, Child> side : this.children.entrySet()) {
			Evidence.demand(side.getKey(), side.getValue(), server.getDatabase("postgres", side.getKey().database()));
			side.getValue().ask(new AuditCase(false, false, 1, Integer.MAX_VALUE, WARM_UP).order());
			side.getValue().ask(new AuditCase(false, false, MANY, Integer.MAX_VALUE, WARM_UP / 2).order());
		}
		System.out.printf(Locale.ROOT, "Ready after %.0f s%n", (System.nanoTime() - this.begun) / 1e9);
	}

	private static List<AuditCase> cases(boolean synchronous) {
		List<AuditCase> cases = new ArrayList<>();
		for (int rows : List.of(1, MANY)) {
			for (boolean far : List.of(false, true)) {
				cases.add(new AuditCase(far, synchronous, rows, Math.max(1, TRANSACTIONS / ((rows == 1) ? 1 : 10)),
						MILLIS));
			}
		}
		return cases;
	}

	private void compare(int round, boolean counts) throws IOException {
		List<AuditCase> cases = new ArrayList<>(cases(false));
		if (round % SELDOM == 1) {
			cases.addAll(cases(true));
		}
		List<Audit> order = new ArrayList<>(List.of(Audit.values()));
		Collections.rotate(order, round);
		for (AuditCase what : cases) {
			for (Audit audit : order) {
				double milliseconds = Double.parseDouble(child(audit).ask(what.order()));
				if (counts) {
					this.times.computeIfAbsent(what, (key) -> new EnumMap<>(Audit.class))
						.computeIfAbsent(audit, (key) -> new ArrayList<>())
						.add(milliseconds);
				}
			}
		}
	}

	private Child child(Audit audit) {
		Child child = this.children.get(audit);
		if (child == null) {
			throw new IllegalStateException("There is no process of " + audit.title());
		}
		return child;
	}

	private Figures figures(AuditCase what, Audit audit) {
		return new Figures(this.times.getOrDefault(what, Map.of()).getOrDefault(audit, List.of()));
	}

	private Figures ratio(AuditCase what, Audit audit) {
		return figures(what, audit).over(figures(what, Audit.NONE));
	}

	private void print() {
		for (boolean synchronous : List.of(false, true)) {
			List<AuditCase> cases = cases(synchronous);
			System.out.printf(
					"%nMilliseconds of a transaction, synchronous_commit %s, %d rounds: median (quartiles),"
							+ " times as long as without audit%n%n",
					synchronous ? "on" : "off", figures(cases.get(0), Audit.NONE).rounds().size());
			System.out.printf("| %-23s", "");
			cases.forEach((what) -> System.out.printf(" | %-32s", what.title()));
			System.out.printf(" |%n| --- | --- | --- | --- | --- |%n");
			for (Audit audit : Audit.values()) {
				System.out.printf("| %-23s", audit.title());
				cases
					.forEach((what) -> System.out.printf(Locale.ROOT, " | %-24s %7s", figures(what, audit).text("%.2f"),
							String.format(Locale.ROOT, "×%.2f", ratio(what, audit).median())));
				System.out.printf(" |%n");
			}
		}
		List<AuditCase> cases = cases(false);
		AuditCase loopback = cases.get(0);
		AuditCase away = cases.get(1);
		System.out.printf(Locale.ROOT,
				"%ncontext: bemi_loopback=%.2f bemi_rtt=%.2f comment_loopback=%.2f comment_rtt=%.2f"
						+ " envers_loopback=%.2f javers_loopback=%.2f bemi_loopback_50=%.2f bemi_rtt_50=%.2f%n",
				ratio(loopback, Audit.BEMI).median(), ratio(away, Audit.BEMI).median(),
				ratio(loopback, Audit.COMMENT).median(), ratio(away, Audit.COMMENT).median(),
				ratio(loopback, Audit.ENVERS).median(), ratio(loopback, Audit.JAVERS).median(),
				ratio(cases.get(2), Audit.BEMI).median(), ratio(cases.get(3), Audit.BEMI).median());
	}

}
