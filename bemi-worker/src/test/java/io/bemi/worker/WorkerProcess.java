package io.bemi.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A worker in a process of its own, with little memory, to be killed.
 */
final class WorkerProcess implements AutoCloseable {

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
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-cp",
						System.getProperty("java.class.path"), BemiWorkerApplication.class.getName(),
						"--bemi.worker.name=" + name));
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
