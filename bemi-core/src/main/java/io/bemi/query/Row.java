package io.bemi.query;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;

/**
 * From a row to a change.
 */
final class Row {

	private Row() {
	}

	static Change change(ResultSet row) throws SQLException {
		return new Change(row.getString("id"), row.getString("primary_key"), Json.readObject(row.getString("values")),
				Json.readObject(row.getString("before")), strings(row.getArray("changed")),
				strings(row.getArray("unknown")), Json.readObject(row.getString("metadata")), row.getString("database"),
				row.getString("schema"), row.getString("table"), operation(row.getString("operation")),
				row.getObject("committed_at", OffsetDateTime.class).toInstant(), row.getLong("transaction_id"),
				Position.parse(row.getString("position")), row.getLong("ordinal"), row.getString("source"));
	}

	private static Operation operation(String code) {
		return switch (code) {
			case "C" -> Operation.CREATE;
			case "U" -> Operation.UPDATE;
			case "D" -> Operation.DELETE;
			default -> Operation.TRUNCATE;
		};
	}

	private static List<String> strings(Array array) throws SQLException {
		return "{}".equals(array.toString()) ? List.of() : List.of((String[]) array.getArray());
	}

}
