package io.bemi.revert;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a session prints values. Rows are read with the settings that the history has been
 * written with, and written with the application's own, for its triggers.
 */
final class SessionFormat {

	private static final Map<String, String> HISTORY = Map.of("TimeZone", "UTC", "DateStyle", "ISO, MDY",
			"IntervalStyle", "postgres", "bytea_output", "hex", "extra_float_digits", "1", "search_path", "",
			"quote_all_identifiers", "off");

	private static final List<String> NAMES = HISTORY.keySet().stream().sorted().toList();

	private final Connection connection;

	private final List<String> own;

	SessionFormat(Connection connection) throws SQLException {
		this.connection = connection;
		this.own = call(
				"SELECT " + String.join(", ", Collections.nCopies(NAMES.size(), "pg_catalog.current_setting(?)")),
				NAMES);
	}

	void likeTheHistory() throws SQLException {
		set(NAMES.stream().map(HISTORY::get).toList());
	}

	void likeTheApplication() throws SQLException {
		set(this.own);
	}

	private void set(List<String> values) throws SQLException {
		List<String> parameters = new ArrayList<>();
		for (int i = 0; i < NAMES.size(); i++) {
			parameters.add(NAMES.get(i));
			parameters.add(values.get(i));
		}
		call(NAMES.stream()
			.map((name) -> "pg_catalog.set_config(?, ?, true)")
			.collect(Collectors.joining(", ", "SELECT ", "")), parameters);
	}

	private List<String> call(String sql, List<String> parameters) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			for (int i = 0; i < parameters.size(); i++) {
				statement.setString(i + 1, parameters.get(i));
			}
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				List<String> values = new ArrayList<>();
				for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
					values.add(row.getString(i));
				}
				return values;
			}
		}
	}

}
