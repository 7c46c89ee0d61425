package io.bemi.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Debezium's side, in a process of its own: the program of module
 * {@code bemi-benchmarks-debezium}, which is built only with the profile
 * {@code debezium}.
 */
final class DebeziumProcess {

	/** The module's target folder. */
	private static final String TARGET = "bemi.benchmarks.debezium";

	private static final String MAIN = "io.bemi.benchmarks.debezium.DebeziumDrain";

	private static final String RESULT = "elapsed_ms=";

	private DebeziumProcess() {
	}

	/**
	 * Whether the module was built.
	 */
	static boolean isBuilt() {
		String target = System.getProperty(TARGET);
		return target != null && Files.exists(Path.of(target, "class-path.txt"));
	}

	/**
	 * Drains slots, of which all but the last only warm up.
	 * @return how many milliseconds the last one took
	 */
	static double drain(String url, String publication, String sink, Object... slots)
			throws IOException, InterruptedException {
		Path target = Path.of(System.getProperty(TARGET));
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-cp",
				target.resolve("classes") + File.pathSeparator + Files.readString(target.resolve("class-path.txt")),
				MAIN, url, publication, sink);
		for (Object argument : slots) {
			builder.command().add(argument.toString());
		}
		Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
		try {
			String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			int at = printed.lastIndexOf(RESULT);
			if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0 || at < 0) {
				throw new IllegalStateException("Debezium's side has failed: " + printed);
			}
			return Double.parseDouble(printed.substring(at + RESULT.length()).strip());
		}
		finally {
			process.destroyForcibly();
		}
	}

}
