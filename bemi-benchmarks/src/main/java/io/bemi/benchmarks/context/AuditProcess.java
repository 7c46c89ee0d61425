package io.bemi.benchmarks.context;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.bemi.benchmarks.process.Child;
import io.bemi.benchmarks.process.Figures;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * One way to audit in a JVM of its own, so that none of them runs code that was compiled
 * for another: the application once with a near database and once with a far one.
 */
final class AuditProcess {

	/** So many transactions are run, however long it takes. */
	private static final int LEAST = 3;

	private final ItemRequests near;

	private final ItemRequests far;

	private AuditProcess(ItemRequests near, ItemRequests far) {
		this.near = near;
		this.far = far;
	}

	public static void main(String[] arguments) throws IOException {
		Audit audit = Audit.valueOf(arguments[0]);
		try (ConfigurableApplicationContext near = AuditedApplication.start(audit, arguments[1]);
				ConfigurableApplicationContext far = AuditedApplication.start(audit, arguments[2])) {
			AuditProcess process = new AuditProcess(new ItemRequests(audit, near), new ItemRequests(audit, far));
			process.near.fill();
			Child.obey((order) -> process.measure(AuditCase.parse(order)));
		}
	}

	private double measure(AuditCase what) {
		ItemRequests requests = what.far() ? this.far : this.near;
		requests.commitSynchronously(what.synchronous());
		List<Double> times = new ArrayList<>();
		long begun = System.nanoTime();
		while (times.size() < what.transactions()
				&& (times.size() < LEAST || (System.nanoTime() - begun) / 1_000_000 < what.millis())) {
			long start = System.nanoTime();
			requests.run(what.rows());
			times.add((System.nanoTime() - start) / 1e6);
		}
		return Figures.percentile(times, 50);
	}

}
