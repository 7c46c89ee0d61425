package io.bemi.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A JVM of its own that does what it is told, line by line, and answers each line with
 * one. It ends when its input does, so that none is left when the comparison is killed.
 */
public final class Child implements AutoCloseable {

	private static final String ANSWER = "answer ";

	/** More options of the JVMs, as a test gives them that wants them to start early. */
	private static final List<String> OPTIONS = Stream.of(System.getProperty("bemi.benchmarks.jvm", "").split(" "))
		.filter((option) -> !option.isEmpty())
		.toList();

	private final Process process;

	private final BufferedReader answers;

	private final Writer orders;

	private Child(Process process) {
		this.process = process;
		this.answers = process.inputReader(StandardCharsets.UTF_8);
		this.orders = process.outputWriter(StandardCharsets.UTF_8);
	}

	/**
	 * Starts one, with the class path of this JVM; {@link #answer()} tells when it is
	 * ready.
	 * @param main the class to run
	 * @param arguments its arguments
	 * @return the process
	 * @throws IOException when it cannot be started
	 */
	public static Child start(Class<?> main, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
		command.addAll(OPTIONS);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(arguments));
		return new Child(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
	}

	/**
	 * The other end: says that it is ready, and obeys until there are no more lines.
	 * @param obey gives the answer to a line
	 * @throws IOException when the other process is gone
	 */
	public static void obey(Function<String, Object> obey) throws IOException {
		PrintStream out = System.out;
		out.println(ANSWER + "ready");
		BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			out.println(ANSWER + obey.apply(line));
		}
	}

	/**
	 * Gives an order.
	 * @param order one line
	 * @return the answer
	 * @throws IOException when the process has ended
	 */
	public String ask(String order) throws IOException {
		this.orders.write(order + "\n");
		this.orders.flush();
		return answer();
	}

	/**
	 * Waits for the next answer.
	 * @return the answer
	 * @throws IOException when the process has ended
	 */
	public String answer() throws IOException {
		for (String line = this.answers.readLine(); line != null; line = this.answers.readLine()) {
			if (line.startsWith(ANSWER)) {
				return line.substring(ANSWER.length());
			}
			System.err.println(line);
		}
		throw new IOException("A process has ended that was still needed: " + this.process.info());
	}

	/**
	 * The id of the process.
	 */
	public long pid() {
		return this.process.pid();
	}

	@Override
	public void close() {
		try {
			this.orders.close();
			if (this.process.waitFor(20, TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (IOException ex) {
			// It has ended already.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.process.destroyForcibly();
	}

}
