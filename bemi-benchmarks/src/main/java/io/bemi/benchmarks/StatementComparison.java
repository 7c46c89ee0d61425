package io.bemi.benchmarks;

import java.io.IOException;
import java.util.Locale;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.openjdk.jmh.runner.RunnerException;

/**
 * What a statement inside a transaction, and a read-only request, cost with Bemi and
 * without.
 */
final class StatementComparison {

	private static final int STUB_ROUNDS = 3;

	private static final int SERVER_ROUNDS = 3;

	private StatementComparison() {
	}

	static void run() throws IOException, RunnerException {
		Rounds stub = new Rounds();
		for (int round = 0; round < STUB_ROUNDS; round++) {
			stub.run("stub", StatementBenchmark.class, RequestBenchmark.class);
		}
		print("A driver that answers at once", stub);
		Rounds loopback = new Rounds();
		try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
			System.setProperty(Side.URL, server.getJdbcUrl("postgres", "postgres"));
			for (int round = 0; round < SERVER_ROUNDS; round++) {
				loopback.run("server", StatementBenchmark.class, RequestBenchmark.class);
			}
		}
		print("A server on the same machine", loopback);
		StringBuilder line = new StringBuilder("statement:");
		for (String name : stub.names()) {
			line.append(String.format(Locale.ROOT, " %s_us=%.3f", name, stub.difference(name).median() / 1000));
		}
		System.out.println(line);
	}

	private static void print(String title, Rounds rounds) {
		System.out.printf("%n%s; nanoseconds, median (lowest to highest round)%n%n", title);
		System.out.printf("| %-16s | %-28s | %-28s | %-28s |%n| --- | --- | --- | --- |%n", "", "bare", "Bemi",
				"difference");
		for (String name : rounds.names()) {
			System.out.printf("| %-16s | %-28s | %-28s | %-28s |%n", name, rounds.bare(name), rounds.bemi(name),
					rounds.difference(name));
		}
		System.out.println();
	}

}
