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

	Trace(Connection connection) throws SQLException {
		this.connection = connection;
		this.server = connection.unwrap(BaseConnection.class);
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
			outcome = describe(ex);
		}
		this.lines.add(label + ": " + outcome + " " + this.server.getTransactionState() + autoCommit());
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

	private String autoCommit() {
		try {
			return this.connection.getAutoCommit() ? " auto" : "";
		}
		catch (SQLException ex) {
			return " closed";
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
			return result.toString();
		}
		if (value instanceof int[] counts) {
			return Arrays.toString(counts);
		}
		if (value instanceof long[] counts) {
			return Arrays.toString(counts);
		}
		return String.valueOf(value);
	}

	private static String describe(Throwable failure) {
		StringBuilder result = new StringBuilder("! " + failure.getClass().getName() + " ");
		if (failure instanceof SQLException ex) {
			for (SQLException next = ex; next != null; next = next.getNextException()) {
				result.append(next.getSQLState())
					.append(' ')
					// The driver counts its portals.
					.append(String.valueOf(next.getMessage()).replaceAll("portal \"C_\\d+\"", "portal"))
					.append(" | ");
			}
			if (ex instanceof java.sql.BatchUpdateException batch) {
				result.append(Arrays.toString(batch.getUpdateCounts()));
			}
		}
		else {
			result.append(failure.getMessage());
		}
		return result.toString();
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
