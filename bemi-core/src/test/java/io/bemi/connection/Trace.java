package io.bemi.connection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * Everything that an application can see of a JDBC conversation.
 */
final class Trace {

	private final List<String> lines = new ArrayList<>();

	private final BaseConnection server;

	private final Connection connection;

	Trace(Connection connection, BaseConnection server) {
		this.connection = connection;
		this.server = server;
	}

	/**
	 * Makes a call and writes down its result or its failure, and what state it leaves.
	 */
	void call(String label, Call call) {
		String outcome;
		try {
			outcome = describe(call.run());
		}
		catch (Throwable ex) {
			// Tests run with assertions on, the driver's, too.
			outcome = describe(ex);
		}
		this.lines.add(label + ": " + outcome + " " + state());
	}

	void step(String label, Step step) {
		call(label, () -> {
			step.run();
			return "done";
		});
	}

	/**
	 * Runs a text, and writes down all its results.
	 */
	void execute(String sql) {
		call(sql, () -> {
			try (var statement = this.connection.createStatement()) {
				List<Object> results = new ArrayList<>();
				boolean rows = statement.execute(sql);
				while (rows || statement.getUpdateCount() != -1) {
					results.add(rows ? describe(statement.getResultSet()) : statement.getUpdateCount());
					rows = statement.getMoreResults();
				}
				return results + " " + warnings(statement.getWarnings());
			}
		});
	}

	void warnings() {
		call("warnings", () -> warnings(this.connection.getWarnings()));
	}

	static String warnings(@Nullable SQLWarning first) {
		List<String> warnings = new ArrayList<>();
		for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
			warnings.add(warning.getSQLState() + " " + warning.getMessage());
		}
		return "warnings=" + warnings;
	}

	private String state() {
		try {
			// Of a connection that is gone it means nothing.
			return this.connection.isClosed() ? "closed"
					: this.server.getTransactionState() + (this.connection.getAutoCommit() ? " auto" : "");
		}
		catch (SQLException ex) {
			return "closed";
		}
	}

	private static String describe(@Nullable Object value) throws SQLException {
		if (value instanceof ResultSet rows) {
			StringBuilder result = new StringBuilder();
			while (rows.next()) {
				for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
					result.append(rows.getString(column)).append(',');
				}
				result.append(';');
			}
			return same(result.toString());
		}
		if (value instanceof int[] counts) {
			return runs(Arrays.stream(counts).mapToObj(String::valueOf).toList());
		}
		if (value instanceof long[] counts) {
			return runs(Arrays.stream(counts).mapToObj(String::valueOf).toList());
		}
		return same(String.valueOf(value));
	}

	private static String runs(List<String> values) {
		List<String> runs = new ArrayList<>();
		for (int from = 0, to = 0; from < values.size(); from = to) {
			while (to < values.size() && values.get(to).equals(values.get(from))) {
				to++;
			}
			runs.add(values.get(from) + ((to - from > 1) ? " x" + (to - from) : ""));
		}
		return runs.toString();
	}

	private static String describe(Throwable failure) {
		StringBuilder result = new StringBuilder("! " + failure.getClass().getName() + " ");
		if (failure instanceof SQLException ex) {
			List<String> chain = new ArrayList<>();
			for (SQLException next = ex; next != null; next = next.getNextException()) {
				chain.add(next.getSQLState() + " " + same(next.getMessage()));
			}
			result.append(runs(chain));
			if (ex instanceof java.sql.BatchUpdateException batch) {
				result.append(runs(Arrays.stream(batch.getUpdateCounts()).mapToObj(String::valueOf).toList()));
			}
		}
		else if (!(failure instanceof NullPointerException)) {
			// The virtual machine's own message is left out where the code is hot.
			result.append(same(failure.getMessage()));
		}
		return result.toString();
	}

	// The driver counts its portals and its prepared statements, ours with the others.
	private static String same(@Nullable String message) {
		return String.valueOf(message)
			.replaceAll("\"[CS]_\\d+\"", "\"N\"")
			.replaceAll("tuple \\(\\d+,\\d+\\)", "tuple")
			.replaceAll("(Pg\\w+|\\[B)@[0-9a-f]+", "$1");
	}

	List<String> lines() {
		return this.lines;
	}

	interface Call {

		@Nullable Object run() throws Exception;

	}

	interface Step {

		void run() throws Exception;

	}

}
