package io.bemi.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The processor time of processes, as Linux counts it.
 */
public final class ProcessTimes {

	private static final Path PROC = Path.of("/proc");

	private static final double TICKS_PER_SECOND = 100;

	private ProcessTimes() {
	}

	/**
	 * Whether this system counts it as Linux does.
	 * @return whether it can be asked
	 */
	public static boolean areKnown() {
		return Files.isReadable(PROC.resolve("self/schedstat"));
	}

	/**
	 * Whether a process runs, would run if a processor was free, or waits for the disk.
	 * @param pid its id
	 * @return whether it does
	 * @throws IOException when it cannot be asked
	 */
	public static boolean isAtWork(long pid) throws IOException {
		String[] fields = fields(PROC.resolve(Long.toString(pid)));
		return fields.length > 0 && (fields[0].equals("R") || fields[0].equals("D"));
	}

	/**
	 * Seconds of a process alone.
	 * @param pid its id
	 * @return processor seconds
	 * @throws IOException when it cannot be asked
	 */
	public static double of(long pid) throws IOException {
		String[] fields = fields(PROC.resolve(Long.toString(pid)));
		return (ticks(fields, 11) + ticks(fields, 12)) / TICKS_PER_SECOND;
	}

	/**
	 * Nanoseconds of a process with one thread.
	 * @param pid its id
	 * @return processor time
	 * @throws IOException when it cannot be asked
	 */
	public static long nanos(long pid) throws IOException {
		return Long.parseLong(Files.readString(PROC.resolve(pid + "/schedstat")).split(" ")[0]);
	}

	/**
	 * Seconds of a process and its children, also of those that have ended.
	 * @param pid its id
	 * @return processor seconds
	 * @throws IOException when it cannot be asked
	 */
	public static double ofFamily(long pid) throws IOException {
		String[] parent = fields(PROC.resolve(Long.toString(pid)));
		long ticks = ticks(parent, 11) + ticks(parent, 12) + ticks(parent, 13) + ticks(parent, 14);
		try (Stream<Path> all = Files.list(PROC)) {
			for (Path path : (Iterable<Path>) all
				.filter((path) -> path.getFileName().toString().matches("\\d+"))::iterator) {
				String[] fields = fields(path);
				if (fields.length > 12 && fields[1].equals(Long.toString(pid))) {
					ticks += ticks(fields, 11) + ticks(fields, 12);
				}
			}
		}
		catch (UncheckedIOException ex) {
			throw new IOException(ex);
		}
		return ticks / TICKS_PER_SECOND;
	}

	/**
	 * What follows the name, which may have blanks in it: state, parent and so on.
	 */
	private static String[] fields(Path process) throws IOException {
		try {
			String stat = Files.readString(process.resolve("stat"));
			return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		}
		catch (IOException ex) {
			if (Files.exists(process)) {
				throw ex;
			}
			// It has just ended, maybe between opening and reading.
			return new String[0];
		}
	}

	private static long ticks(String[] fields, int field) {
		return Long.parseLong(fields[field]);
	}

}
