package io.bemi.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What those who follow the live list take while somebody writes.
 *
 * @param without the heap in use without them, in MB: after a collection, the median
 * @param with the same with them
 * @param most the most that was in use with them, after a collection
 * @param viewers how many there were
 * @param written how many changes were made
 * @param seen how many all of them together have seen
 */
record Viewing(double without, double with, double most, int viewers, long written, long seen) {

	private static final int VIEWERS = 50;

	private static final int SAMPLES = 8;

	private static final int ROWS = 1_000;

	/** Of two changes each. */
	private static final int TRANSACTIONS_PER_SECOND = 20;

	static Viewing measure(JdbcTemplate jdbc, int port) throws IOException, InterruptedException {
		jdbc.update("INSERT INTO customer SELECT i, 'customer ' || i FROM generate_series(1, " + ROWS + ") i");
		AtomicLong written = new AtomicLong();
		ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
		writer.scheduleAtFixedRate(() -> write(jdbc, written), 0, 1_000 / TRANSACTIONS_PER_SECOND,
				TimeUnit.MILLISECONDS);
		try {
			Thread.sleep(2_000);
			List<Double> without = heap();
			try (LiveViewers viewers = new LiveViewers(port, VIEWERS,
					List.of("", "table=customer", "operation=UPDATE&table=customer"))) {
				Thread.sleep(5_000);
				long before = written.get();
				long seen = viewers.events();
				List<Double> with = heap();
				return new Viewing(median(without), median(with),
						with.stream().mapToDouble(Double::doubleValue).max().orElse(0), VIEWERS, written.get() - before,
						viewers.events() - seen);
			}
		}
		finally {
			writer.shutdownNow();
			writer.awaitTermination(10, TimeUnit.SECONDS);
		}
	}

	private static void write(JdbcTemplate jdbc, AtomicLong written) {
		long id = 1 + written.get() % (ROWS - 1);
		jdbc.update("UPDATE customer SET name = name || '.' WHERE id IN (?, ?)", id, id + 1);
		written.addAndGet(2);
	}

	private static List<Double> heap() throws InterruptedException {
		List<Double> samples = new ArrayList<>();
		for (int i = 0; i < SAMPLES; i++) {
			Thread.sleep(1_500);
			ManagementFactory.getMemoryMXBean().gc();
			samples.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6);
		}
		return samples;
	}

	private static double median(List<Double> samples) {
		return Spread.of(samples).median();
	}

	/**
	 * How much more is in use with them than without, in MB.
	 */
	double more() {
		return this.most - this.without;
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT,
				"Heap in use: %.1f MB, with %d viewers %.1f MB (at most %.1f MB), who saw %d changes when %d were made",
				this.without, this.viewers, this.with, this.most, this.seen, this.written);
	}

}
