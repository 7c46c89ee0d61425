package io.bemi.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A worker in a process of its own, with little memory, to be killed.
 */
final class WorkerProcess implements AutoCloseable {

	private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	private final String name;

	private final Process process;

	private WorkerProcess(String name, Process process) {
		this.name = name;
		this.process = process;
	}

	/**
	 * Starts one.
	 * @param name its name, and that of its log
	 * @param arguments its configuration
	 */
	static WorkerProcess start(String name, List<String> arguments) throws IOException {
		return start(name, List.of("-cp", System.getProperty("java.class.path"), BemiWorkerApplication.class.getName()),
				arguments);
	}

	/**
	 * Starts one as people do: from the jar that is built.
	 * @param name its name, and that of its log
	 * @param arguments its configuration
	 */
	static WorkerProcess startJar(String name, List<String> arguments) throws IOException {
		return start(name, List.of("-jar", jar().toString()), arguments);
	}

	private static Path jar() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("target"))) {
			return files.filter((file) -> file.getFileName().toString().matches("bemi-worker-.*-exec\\.jar"))
				.findFirst()
				.orElseThrow(() -> new IllegalStateException("There is no jar in target: run 'verify'"));
		}
	}

	/**
	 * Runs the command {@code connector} of the jar.
	 * @param arguments its arguments
	 * @return what it prints
	 */
	static String connector(List<String> arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(JAVA, "-jar", jar().toString(), ConnectorCommand.NAME));
		command.addAll(arguments);
		Path errors = Path.of("target", "connector-errors.log");
		Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
		String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IllegalStateException(printed + Files.readString(errors));
		}
		return printed;
	}

	private static WorkerProcess start(String name, List<String> program, List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				"-XX:+ExitOnOutOfMemoryError"));
		command.addAll(program);
		command.add("--bemi.worker.name=" + name);
		command.addAll(arguments);
		Path log = Path.of("target", name + ".log");
		Files.deleteIfExists(log);
		return new WorkerProcess(name,
				new ProcessBuilder(command).redirectErrorStream(true)
					.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
					.start());
	}

	String name() {
		return this.name;
	}

	/**
	 * Ends it as SIGKILL does: nothing of it runs after that.
	 */
	void kill() throws InterruptedException {
		if (!this.process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process is still there");
		}
	}

	/**
	 * Ends it as SIGTERM does.
	 */
	void end() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(40, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process is still there");
		}
	}

	/**
	 * Sends a signal.
	 * @param signal such as STOP or CONT
	 */
	void signal(String signal) throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-" + signal, String.valueOf(this.process.pid())).start().waitFor();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
