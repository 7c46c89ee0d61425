package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;

import io.bemi.benchmarks.process.ProcessTimes;

/**
 * Measures from when it was made: time, and processor time of walsenders, of the server's
 * other processes, and of this JVM.
 */
final class GroupsUsage {

	private final WalsenderLimit limit;

	private final long server;

	private final double walsendersBefore;

	private final double othersBefore;

	private final Stopwatch watch;

	GroupsUsage(IngestServer server, WalsenderLimit limit) throws SQLException, IOException {
		this.limit = limit;
		this.server = server.pid();
		this.walsendersBefore = walsenders();
		this.othersBefore = others();
		this.watch = new Stopwatch();
	}

	GroupsDrain since(int rows) throws IOException {
		this.watch.stop();
		double seconds = this.watch.milliseconds() / 1000;
		return new GroupsDrain(rows / seconds,
				(walsenders() - this.walsendersBefore) / seconds / this.limit.pids().size(), this.limit.cutShort(),
				(others() - this.othersBefore) / seconds);
	}

	private double walsenders() throws IOException {
		double seconds = 0;
		for (long pid : this.limit.pids()) {
			seconds += of(pid);
		}
		return seconds;
	}

	private double others() throws IOException {
		return ProcessTimes.areKnown()
				? of(ProcessHandle.current().pid()) + ProcessTimes.ofFamily(this.server) - walsenders() : Double.NaN;
	}

	private static double of(long pid) throws IOException {
		return ProcessTimes.areKnown() ? ProcessTimes.of(pid) : Double.NaN;
	}

}
