package io.bemi.store;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The program {@code psql}, as whoever reads the documentation runs it: from a shell, in
 * a folder.
 *
 * @param database the database that is connected to unless the command says otherwise
 * @param folder where it is run
 */
record Psql(TestDatabase database, Path folder) {

	private static final String MISSING = "psql is not installed: run 'apt-get install postgresql-client'";

	/**
	 * Where it is not installed the test is reported as skipped, and fails in continuous
	 * integration.
	 */
	static void require() {
		boolean installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, "psql")));
		if (!installed) {
			if ("true".equals(System.getenv("CI"))) {
				throw new IllegalStateException(MISSING);
			}
			Assumptions.abort(MISSING);
		}
	}

	/**
	 * Runs a command, in which no statement fails: not even one that psql goes on after.
	 * @return what it says, without notices
	 */
	String run(String command) throws IOException, InterruptedException {
		Path out = Files.createTempFile("psql", ".out");
		try {
			ProcessBuilder shell = new ProcessBuilder(List.of("sh", "-c", command)).directory(this.folder.toFile())
				.redirectErrorStream(true)
				.redirectOutput(out.toFile());
			shell.environment().put("PGHOST", "localhost");
			shell.environment().put("PGPORT", String.valueOf(this.database.server().port()));
			shell.environment().put("PGUSER", this.database.server().username());
			shell.environment().put("PGPASSWORD", this.database.server().password());
			shell.environment().put("PGDATABASE", this.database.name());
			shell.environment().put("PGOPTIONS", "-c client_min_messages=warning");
			Process process = shell.start();
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command).isTrue();
			String said = Files.readString(out, StandardCharsets.UTF_8);
			assertThat(said).as(command).doesNotContain("ERROR:", "FATAL:", "WARNING:");
			assertThat(process.exitValue()).as(() -> command + ": " + said).isZero();
			return said;
		}
		finally {
			Files.delete(out);
		}
	}

}
