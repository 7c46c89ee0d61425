package io.bemi.replay;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import io.bemi.replay.Table.Column;

/**
 * Random statements that change rows.
 */
final class Rows {

	private static final int KEYS = 30;

	private final Random random;

	private final int version;

	Rows(Random random, int version) {
		this.random = random;
		this.version = version;
	}

	/**
	 * One statement.
	 * @param tables the tables there are, at least one
	 * @param latest the name of the table that was changed last
	 */
	String statement(List<Table> tables, String latest) {
		// Few rows fit a partition.
		List<Table> roots = tables.stream().filter((one) -> !one.isPartition()).toList();
		List<Table> changed = tables.stream().filter((one) -> one.name().equals(latest)).toList();
		Table table = pick((!changed.isEmpty() && this.random.nextInt(3) == 0) ? changed
				: (roots.isEmpty() || this.random.nextInt(4) == 0) ? tables : roots);
		int choice = this.random.nextInt(100);
		if (choice < 32) {
			return insert(table);
		}
		if (choice < 56) {
			return update(table);
		}
		if (choice < 63) {
			return delete(table);
		}
		if (choice < 69) {
			return (this.version >= 15 && !table.key().isEmpty()) ? merge(table) : update(table);
		}
		if (choice < 74) {
			return "WITH gone AS (%s RETURNING 1), there AS (%s RETURNING 1) SELECT count(*) FROM gone, there"
				.formatted(delete(table), update(pick(tables)));
		}
		if (choice < 76) {
			return truncate(table, tables);
		}
		if (choice < 84) {
			return block(tables);
		}
		return keyChange(table);
	}

	/**
	 * Rows in the text format of COPY, for columns that {@link #copyColumns} names.
	 */
	String copyRows(Table table) {
		StringBuilder rows = new StringBuilder();
		for (int row = this.random.nextInt(5); row >= 0; row--) {
			rows.append(copyColumns(table).stream()
				.map((column) -> column.key() || this.random.nextInt(5) > 0
						? String.valueOf(1_000 + this.random.nextInt(100_000)) : "\\N")
				.collect(Collectors.joining("\t", "", "\n")));
		}
		return rows.toString();
	}

	static List<Column> copyColumns(Table table) {
		return table.columns((column) -> column.isWritable()
				&& (column.type().endsWith("int") || column.type().equals("integer") || column.type().equals("text")));
	}

	String insert(Table table) {
		List<Column> columns = table
			.columns((column) -> column.isWritable() && (column.key() || this.random.nextInt(6) > 0));
		if (columns.isEmpty()) {
			return "INSERT INTO %s DEFAULT VALUES".formatted(table.name());
		}
		String rows = this.random.ints(1 + this.random.nextInt(4), 0, 1)
			.mapToObj((row) -> columns.stream().map(this::value).collect(Collectors.joining(", ", "(", ")")))
			.collect(Collectors.joining(", "));
		String conflict = " ON CONFLICT DO NOTHING";
		List<Column> others = columns.stream().filter(Column::isOther).toList();
		if (!table.key().isEmpty() && !others.isEmpty() && this.random.nextBoolean()) {
			rows = rows.substring(0, endOfFirst(rows));
			conflict = " ON CONFLICT (%s) DO UPDATE SET %s = excluded.%2$s".formatted(names(table.key()),
					pick(others).name());
		}
		return "INSERT INTO %s (%s) VALUES %s%s".formatted(table.name(), names(columns), rows, conflict);
	}

	/**
	 * A row must not be affected twice.
	 */
	private static int endOfFirst(String rows) {
		int next = rows.indexOf("), (");
		return (next < 0) ? rows.length() : next + 1;
	}

	String update(Table table) {
		List<Column> others = table.columns(Column::isOther);
		if (others.isEmpty()) {
			return keyChange(table);
		}
		String assignments = this.random.ints(1 + this.random.nextInt(2), 0, others.size())
			.distinct()
			.mapToObj(others::get)
			.map((column) -> column.name() + " = " + value(column))
			.collect(Collectors.joining(", "));
		return "UPDATE %s AS t SET %s WHERE %s".formatted(table.name(), assignments, some());
	}

	private String keyChange(Table table) {
		List<Column> keys = table.key();
		if (keys.isEmpty()) {
			return delete(table);
		}
		Column key = pick(keys);
		boolean number = key.type().endsWith("int") || key.type().equals("integer");
		String next = number ? "%s + %d".formatted(key.name(), this.random.nextBoolean() ? 1 : 50)
				: "%s || 'x'".formatted(key.name());
		return "UPDATE %s AS t SET %s = %s WHERE %s".formatted(table.name(), key.name(),
				this.random.nextInt(3) == 0 ? value(key) : next, some());
	}

	String delete(Table table) {
		return "DELETE FROM %s AS t WHERE %s".formatted(table.name(), some());
	}

	private String merge(Table table) {
		List<Column> others = table.columns(Column::isOther);
		List<Column> columns = table.columns(Column::isWritable);
		String source = table.key()
			.stream()
			.map((key) -> value(key) + "::" + key.type())
			.collect(Collectors.joining(", "));
		String matches = table.key()
			.stream()
			.map((key) -> "t.%s = s.%1$s".formatted(key.name()))
			.collect(Collectors.joining(" AND "));
		String matched = (others.isEmpty() || this.random.nextInt(4) == 0) ? "DELETE"
				: "UPDATE SET %s = %s".formatted(others.get(0).name(), value(others.get(0)));
		return "MERGE INTO %s AS t USING (VALUES (%s)) AS s (%s) ON %s WHEN MATCHED THEN %s WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)"
			.formatted(table.name(), source, names(table.key()), matches, matched, names(columns),
					columns.stream()
						.map((column) -> column.key() ? "s." + column.name() : value(column))
						.collect(Collectors.joining(", ")));
	}

	private String truncate(Table table, List<Table> tables) {
		Table other = pick(tables);
		String names = table.root()
				+ ((this.random.nextBoolean() || other.root().equals(table.root())) ? "" : ", " + other.root());
		return "TRUNCATE %s%s%s".formatted(names, this.random.nextBoolean() ? " RESTART IDENTITY" : "",
				this.random.nextInt(3) == 0 ? " CASCADE" : "");
	}

	private String block(List<Table> tables) {
		return """
				DO $do$ BEGIN %s; \
				BEGIN %s; %s; RAISE EXCEPTION 'undone'; EXCEPTION WHEN OTHERS THEN NULL; END; \
				BEGIN %s; EXCEPTION WHEN OTHERS THEN NULL; END; END $do$""".formatted(update(pick(tables)),
				insert(pick(tables)), update(pick(tables)), insert(pick(tables)));
	}

	private String some() {
		int parts = 1 + this.random.nextInt(4);
		return "abs(hashtext(t::text)::bigint) %% %d = %d".formatted(parts, this.random.nextInt(parts));
	}

	private static String names(List<Column> columns) {
		return columns.stream().map(Column::name).collect(Collectors.joining(", "));
	}

	String value(Column column) {
		int n = this.random.nextInt(KEYS);
		if (!column.key() && this.random.nextInt(8) == 0) {
			return "NULL";
		}
		if (column.type().startsWith("numeric")) {
			return n + "." + this.random.nextInt(1_000) + "0";
		}
		if (column.type().startsWith("character varying")) {
			return "'v%d'".formatted(n);
		}
		return switch (column.type()) {
			case "smallint", "integer", "bigint" -> String.valueOf(n);
			case "text" -> text(column, n);
			case "boolean" -> String.valueOf(n % 2 == 0);
			case "date" -> "date '2026-01-01' + %d".formatted(n);
			case "timestamp with time zone" -> "timestamptz '2026-01-31 23:59:59.%d+02'".formatted(n);
			case "uuid" -> "md5('%d')::uuid".formatted(n);
			case "jsonb" -> "'{\"n\": %d, \"a\": [1.50, null, \"ü\\\\n\"]}'::jsonb".formatted(n);
			case "integer[]" -> "ARRAY[%d, NULL, 3]".formatted(n);
			case "mood" -> "'%s'::mood".formatted((n % 2 == 0) ? "happy" : "sad");
			case "pair" -> "ROW(%d, 'b,\"%d')::pair".formatted(n, n);
			default -> "DEFAULT";
		};
	}

	private String text(Column column, int n) {
		if (column.name().equals("region")) {
			return "'%s'".formatted((char) ('a' + n % 5));
		}
		if (!column.key() && this.random.nextInt(4) == 0) {
			// Does not compress, so it is stored out of line.
			return "(SELECT string_agg(md5((i * %d)::text), '') FROM generate_series(1, 120) i)".formatted(n + 1);
		}
		return "'t''ü%d'".formatted(n);
	}

	<T> T pick(List<T> all) {
		return all.get(this.random.nextInt(all.size()));
	}

}
