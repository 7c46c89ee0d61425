package io.bemi.benchmarks;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Statements of what is ingested.
 */
final class IngestSql {

	static final String NARROW_TABLE = """
			CREATE TABLE measured (id bigint PRIMARY KEY, customer bigint, status text, amount numeric(12, 2), note text,
			    paid boolean, created_at timestamptz, code bigint)
			""";

	static final String NARROW_INSERT = """
			INSERT INTO measured SELECT i, i % 1000, 'new', i, md5(i::text), false, now(), i FROM generate_series({from}, {to}) i
			""";

	static final String UPDATE = """
			UPDATE measured SET status = 'sent ' || {from}, amount = amount + 1
			 WHERE id = ANY (ARRAY(SELECT 1 + (i::bigint * 7919) % {live} FROM generate_series({from}, {to}) i))
			""";

	private static final int WIDE_COLUMNS = 60;

	private static final String[] TYPES = { "bigint", "text", "numeric(12, 2)", "boolean", "timestamptz", "text" };

	private static final String[] VALUES = { "i + %d", "'text ' || i + %d", "i + %d", "(i + %d) %% 2 = 0", "now()",
			"md5(i::text)" };

	private IngestSql() {
	}

	static String wideTable() {
		return "CREATE TABLE measured (id bigint PRIMARY KEY, " + IntStream.range(1, WIDE_COLUMNS)
			.mapToObj((column) -> "column_" + column + " " + TYPES[column % TYPES.length])
			.collect(Collectors.joining(", ")) + ")";
	}

	static String wideInsert() {
		return "INSERT INTO measured SELECT i, " + IntStream.range(1, WIDE_COLUMNS)
			.mapToObj((column) -> VALUES[column % VALUES.length].formatted(column))
			.collect(Collectors.joining(", ")) + " FROM generate_series({from}, {to}) i";
	}

}
