package io.bemi.query;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

import io.bemi.context.ContextValues;

/**
 * One condition: SQL with one parameter, and the parameter.
 *
 * @param sql the condition, over the view's columns
 * @param value what is bound to it
 */
record Filter(String sql, Object value) {

	static Filter equal(Column column, Object value) {
		return new Filter(column.sql + " = ?", value);
	}

	static Filter anyOf(Column column, List<String> values) {
		return new Filter(column.sql + " = ANY (?)", values.toArray(String[]::new));
	}

	static Filter contains(Column column, Map<String, ?> value) {
		return new Filter(column.sql + " @> ?::jsonb", ContextValues.toJson(value));
	}

	static Filter atLeast(Instant moment) {
		return new Filter("committed_at >= ?", timestamp(moment));
	}

	static Filter before(Instant moment) {
		return new Filter("committed_at < ?", timestamp(moment));
	}

	private static OffsetDateTime timestamp(Instant moment) {
		return moment.atOffset(ZoneOffset.UTC);
	}

	/**
	 * The columns of the view that can be asked for.
	 */
	enum Column {

		SCHEMA("schema"), TABLE("\"table\""), PRIMARY_KEY("primary_key"), OPERATION("operation"),
		TRANSACTION("transaction_id"), METADATA("metadata");

		private final String sql;

		Column(String sql) {
			this.sql = sql;
		}

	}

}
