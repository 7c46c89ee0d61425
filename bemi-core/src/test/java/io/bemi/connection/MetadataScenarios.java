package io.bemi.connection;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

import org.postgresql.PGResultSetMetaData;

/**
 * What the driver says about results, parameters and the database.
 */
final class MetadataScenarios {

	static final Map<String, Scenario> ALL = all();

	private MetadataScenarios() {
	}

	private static Map<String, Scenario> all() {
		Map<String, Scenario> all = new LinkedHashMap<>();
		Scenario.both(all, "metadata of results", (connection, trace, database) -> {
			try (PreparedStatement query = connection.prepareStatement("SELECT t.*, i.name AS label, 1 + 1 FROM typed t"
					+ " LEFT JOIN item i ON i.id = t.id WHERE t.id = ?")) {
				trace.call("before", () -> describe(query.getMetaData()));
				query.setInt(1, 1);
				trace.call("after", () -> describe(query.executeQuery().getMetaData()));
			}
			try (PreparedStatement insert = connection
				.prepareStatement("INSERT INTO item VALUES (?, ?) RETURNING id AS key")) {
				trace.call("returning", () -> describe(insert.getMetaData()));
				insert.setInt(1, 1);
				insert.setString(2, "a");
				trace.call("insert", () -> describe(insert.executeQuery().getMetaData()));
			}
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)",
					Statement.RETURN_GENERATED_KEYS)) {
				trace.call("no result", insert::getMetaData);
				insert.setInt(1, 2);
				insert.setString(2, "a");
				insert.executeUpdate();
				trace.call("keys", () -> describe(insert.getGeneratedKeys().getMetaData()));
			}
		});
		Scenario.both(all, "metadata of parameters", (connection, trace, database) -> {
			for (String sql : new String[] { "INSERT INTO typed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
					"UPDATE item SET name = ? WHERE id = ANY (?)", "SELECT 1", "DELETE FROM item WHERE id = ? + ?",
					"CALL put_item(?)", "INSERT INTO nowhere VALUES (?)" }) {
				try (PreparedStatement statement = connection.prepareStatement(sql)) {
					trace.call(sql, () -> describe(statement.getParameterMetaData()));
				}
				if (!connection.getAutoCommit()) {
					trace.step("rollback", connection::rollback);
				}
			}
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
				for (int i = 0; i < 7; i++) {
					trace.call("parameters", () -> describe(insert.getParameterMetaData()));
					insert.setInt(1, i);
					insert.setObject(2, null);
					trace.call("insert", insert::executeUpdate);
				}
			}
		});
		Scenario.both(all, "metadata of the database",
				(connection, trace, database) -> describe(connection, connection.getMetaData(), trace));
		return all;
	}

	private static String describe(ResultSetMetaData data) throws SQLException {
		StringBuilder text = new StringBuilder();
		for (int column = 1; column <= data.getColumnCount(); column++) {
			text.append(data.getColumnName(column))
				.append(' ')
				.append(data.getColumnLabel(column))
				.append(' ')
				.append(data.getColumnType(column))
				.append(' ')
				.append(data.getColumnTypeName(column))
				.append(' ')
				.append(data.getColumnClassName(column))
				.append(' ')
				.append(data.getColumnDisplaySize(column))
				.append(' ')
				.append(data.getPrecision(column))
				.append(' ')
				.append(data.getScale(column))
				.append(' ')
				.append(data.isNullable(column))
				.append(' ')
				.append(data.isAutoIncrement(column))
				.append(' ')
				.append(data.isSigned(column))
				.append(' ')
				.append(data.isCaseSensitive(column))
				.append(' ')
				.append(data.isWritable(column))
				.append(' ')
				.append(data.getTableName(column))
				.append(' ')
				.append(data.getSchemaName(column))
				.append(' ')
				.append(((PGResultSetMetaData) data).getBaseColumnName(column))
				.append("; ");
		}
		return text.toString();
	}

	private static String describe(ParameterMetaData data) throws SQLException {
		StringBuilder text = new StringBuilder();
		for (int parameter = 1; parameter <= data.getParameterCount(); parameter++) {
			text.append(data.getParameterTypeName(parameter))
				.append(' ')
				.append(data.getParameterType(parameter))
				.append(' ')
				.append(data.getParameterClassName(parameter))
				.append(' ')
				.append(data.getParameterMode(parameter))
				.append(' ')
				.append(data.isNullable(parameter))
				.append(' ')
				.append(data.isSigned(parameter))
				.append("; ");
		}
		return text.toString();
	}

	private static void describe(Connection connection, DatabaseMetaData data, Trace trace) throws SQLException {
		trace.call("product", () -> data.getDatabaseProductName() + data.getDatabaseProductVersion()
				+ data.getDriverVersion() + data.getURL() + data.getUserName() + data.isReadOnly());
		trace.call("supports", () -> data.supportsBatchUpdates() + " " + data.supportsGetGeneratedKeys() + " "
				+ data.supportsSavepoints() + " " + data.supportsTransactionIsolationLevel(8));
		trace.call("tables", () -> data.getTables(null, "public", "%", new String[] { "TABLE", "VIEW" }));
		trace.call("columns", () -> data.getColumns(null, "public", "typed", null));
		trace.call("keys", () -> data.getPrimaryKeys(null, "public", "item"));
		trace.call("foreign keys", () -> data.getImportedKeys(null, "public", "child"));
		// Without the sizes, which change by themselves.
		trace.call("indexes", () -> data.getIndexInfo(null, "public", "item", true, true).next());
		trace.call("procedures", () -> data.getProcedures(null, "public", "put%"));
		trace.call("functions", () -> data.getFunctionColumns(null, "public", "both_ways", null));
		trace.call("types", data::getTableTypes);
		trace.call("client info", data::getClientInfoProperties);
		trace.call("schemas", data::getSchemas);
		trace.call("privileges", () -> data.getTablePrivileges(null, "public", "item"));
		trace.call("same connection", () -> data.getConnection().equals(connection));
		trace.execute("INSERT INTO item VALUES (1, 'a')");
	}

}
