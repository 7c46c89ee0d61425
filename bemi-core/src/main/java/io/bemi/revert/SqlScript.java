package io.bemi.revert;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.bemi.revert.LiveTable.Column;
import org.jspecify.annotations.Nullable;

/**
 * Work as a script, with every value as a literal.
 */
final class SqlScript {

	private SqlScript() {
	}

	static String of(List<Work> works, List<RevertConflict> conflicts) {
		StringBuilder sql = new StringBuilder();
		for (RevertConflict conflict : conflicts) {
			sql.append("-- ").append(conflict.toString().replaceAll("\\R", " ")).append('\n');
		}
		sql.append("BEGIN;\nSET CONSTRAINTS ALL DEFERRED;\n");
		works.forEach((work) -> sql.append(statement(work)).append(";\n"));
		return sql.append("COMMIT;\n").toString();
	}

	private static String statement(Work work) {
		LiveTable table = work.table();
		return switch (work.action()) {
			case INSERT -> "INSERT INTO " + table.quoted() + " ("
					+ work.to().keySet().stream().map(Sql::identifier).collect(Collectors.joining(", "))
					+ ") OVERRIDING SYSTEM VALUE VALUES ("
					+ work.to()
						.entrySet()
						.stream()
						.map((column) -> literal(table, column.getKey(), column.getValue()))
						.collect(Collectors.joining(", "))
					+ ")";
			case UPDATE -> "UPDATE " + table.rows() + " SET "
					+ work.to()
						.entrySet()
						.stream()
						.map((column) -> Sql.identifier(column.getKey()) + " = "
								+ literal(table, column.getKey(), column.getValue()))
						.collect(Collectors.joining(", "))
					+ where(work);
			case DELETE -> "DELETE FROM " + table.rows() + where(work);
		};
	}

	private static String where(Work work) {
		LiveTable table = work.table();
		if (table.keyed()) {
			return work.key()
				.entrySet()
				.stream()
				.map((column) -> Sql.identifier(column.getKey()) + " = "
						+ literal(table, column.getKey(), column.getValue()))
				.collect(Collectors.joining(" AND ", " WHERE ", ""));
		}
		return " WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM " + table.rows()
				+ " t WHERE pg_catalog.to_jsonb(t.*) @> " + Sql.literal(Rows.json(work.key()))
				+ "::pg_catalog.jsonb LIMIT 1)";
	}

	private static String literal(LiveTable table, String name, @Nullable Object value) {
		Column column = table.column(name);
		String type = (column != null) ? column.type() : "pg_catalog.text";
		if (column != null && column.isDocument() && (value != null || column.notNull())) {
			return Sql.literal(Rows.json(value)) + "::" + type;
		}
		if (value == null) {
			return "NULL";
		}
		if (value instanceof BigDecimal number) {
			return Sql.literal(number.toPlainString()) + "::" + type;
		}
		if (value instanceof Map<?, ?> object && column != null && column.isHstore()) {
			return "(SELECT coalesce(" + column.typeSchema()
					+ ".hstore(pg_catalog.array_agg(key), pg_catalog.array_agg(value)), '') FROM"
					+ " pg_catalog.jsonb_each_text(" + Sql.literal(Rows.json(object)) + "))";
		}
		if (value instanceof Map || value instanceof List) {
			return "(SELECT c FROM pg_catalog.jsonb_to_record(" + Sql.literal(Rows.json(Map.of("c", value)))
					+ ") AS v(c " + type + "))";
		}
		return Sql.literal(value.toString()) + "::" + type;
	}

}
