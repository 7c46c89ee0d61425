package io.bemi.kafka;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.bemi.testsupport.PostgresServer;

/**
 * A JVM of its own, which writes to a file and ends with this one.
 */
final class JavaProcess implements AutoCloseable {

	private final Process process;

	private final Path output;

	private JavaProcess(Process process, Path output) {
		this.process = process;
		this.output = output;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
	}

	/**
	 * Starts a program of the module {@code bemi-kafka-connect}.
	 */
	static JavaProcess kafka(Path folder, String mainClass, String... arguments) {
		return start(folder, kafkaClassPath(), mainClass, arguments);
	}

	/**
	 * Starts a program with the class path of this one.
	 */
	static JavaProcess own(Path folder, Class<?> mainClass, String... arguments) {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		return start(folder, classPath, mainClass.getName(), arguments);
	}

	private static String kafkaClassPath() {
		for (String target : new String[] { "../bemi-kafka-connect/target", "bemi-kafka-connect/target" }) {
			Path file = Path.of(target, "class-path.txt");
			if (Files.exists(file)) {
				try {
					return Files.readString(file).trim();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}
		}
		throw new IllegalStateException("No class path in bemi-kafka-connect/target: build with '-am'");
	}

	private static JavaProcess start(Path folder, String classPath, String mainClass, String... arguments) {
		try {
			Path output = Files.createTempFile(folder, mainClass.substring(mainClass.lastIndexOf('.') + 1), ".log");
			List<String> command = new ArrayList<>(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
							"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=" + System.getProperty("bemi.test.tier", "4"),
							"-cp", classPath.replace(';', File.pathSeparatorChar), mainClass));
			command.addAll(List.of(arguments));
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(output.toFile());
			builder.environment().put("BEMI_PASSWORD", PostgresServer.shared().password());
			Process process = builder.start();
			return new JavaProcess(process, output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What it has written.
	 */
	String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Waits for its end.
	 * @return how it has ended
	 */
	int await() {
		try {
			if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Does not end: " + output());
			}
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Kills it where it stands.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
		await();
	}

}
