package io.bemi.benchmarks.context;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.bemi.benchmarks.process.Figures;

/**
 * Sees to it that a far server is half a millisecond away.
 */
final class Distance {

	private static final double MICROSECONDS = 500;

	private static final int CALLS = 100;

	private static final int BLOCKS = 15;

	private Distance() {
	}

	/**
	 * Sets the delay.
	 * @return by how many microseconds more a statement takes afterwards
	 */
	static double set(DelayProxy proxy, String near, String far) throws SQLException {
		try (Connection nearConnection = DriverManager.getConnection(near, "postgres", "postgres");
				Connection farConnection = DriverManager.getConnection(far, "postgres", "postgres");
				Statement nearStatement = nearConnection.createStatement();
				Statement farStatement = farConnection.createStatement()) {
			double delay = MICROSECONDS / 2;
			// What the proxy takes by itself is part of the distance; the first time
			// warms up.
			for (int time = 0; time < 3; time++) {
				proxy.delay(Math.round(delay * 1_000));
				delay -= (difference(nearStatement, farStatement) - MICROSECONDS) / 2;
			}
			proxy.delay(Math.max(0, Math.round(delay * 1_000)));
			return difference(nearStatement, farStatement);
		}
	}

	private static double difference(Statement near, Statement far) throws SQLException {
		List<Double> nearTimes = new ArrayList<>();
		List<Double> farTimes = new ArrayList<>();
		for (int block = 0; block < BLOCKS; block++) {
			ask(near, nearTimes);
			ask(far, farTimes);
		}
		return Figures.percentile(farTimes, 50) - Figures.percentile(nearTimes, 50);
	}

	private static void ask(Statement statement, List<Double> times) throws SQLException {
		for (int call = 0; call < CALLS; call++) {
			long begun = System.nanoTime();
			try (ResultSet row = statement.executeQuery("SELECT 1")) {
				row.next();
			}
			times.add((System.nanoTime() - begun) / 1e3);
		}
	}

}
