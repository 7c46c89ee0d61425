package io.bemi.revert;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.bemi.query.Json;
import io.bemi.revert.LiveTable.Column;
import io.bemi.revert.Work.Location;
import io.bemi.revert.Work.Seen;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows by their keys, some at a time, with their values as the history has them.
 */
final class RowReader {

	/** How many rows go in one statement. */
	static final int BATCH = 1_000;

	private final Connection connection;

	private final boolean lock;

	RowReader(Connection connection, boolean lock) {
		this.connection = connection;
		this.lock = lock;
	}

	/**
	 * Finds rows.
	 * @param table their table
	 * @param keys their keys; whole rows of a table without
	 * @return what was found, with the numbers of the keys
	 */
	List<Found> read(LiveTable table, List<Map<String, @Nullable Object>> keys) throws SQLException {
		Recordset set = new Recordset();
		String where;
		if (table.keyed()) {
			for (int i = 0; i < table.key().size(); i++) {
				set.column("k" + i, column(table, table.key().get(i)).type());
			}
			where = IntStream.range(0, table.key().size())
				.mapToObj((i) -> "t." + Sql.identifier(table.key().get(i)) + " = v.k" + i)
				.collect(Collectors.joining(" AND "));
			keys.forEach((key) -> set.row(Rows.values(key, table.key())));
		}
		else {
			set.column("k0", "pg_catalog.jsonb");
			where = row(table) + generated(table) + " = v.k0";
			keys.forEach((key) -> set.row(List.of(key)));
		}
		String sql = "SELECT v.n, t.tableoid::pg_catalog.int8, t.ctid::pg_catalog.text, (" + json(table)
				+ ")::pg_catalog.text, t.xmin::pg_catalog.text FROM " + set.sql() + " JOIN " + table.rows() + " t ON "
				+ where + (this.lock || !table.keyed() ? " ORDER BY v.n, t.tableoid, t.ctid" : "")
				+ (this.lock ? " FOR UPDATE OF t" : "");
		List<Found> found = new ArrayList<>();
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setString(1, set.json());
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					Location location = new Location(row.getLong(2), row.getString(3));
					found.add(new Found(row.getInt(1), new Seen(location, row.getLong(5)),
							Json.readObject(row.getString(4))));
				}
			}
		}
		return found;
	}

	private static Column column(LiveTable table, String name) {
		return java.util.Objects.requireNonNull(table.column(name));
	}

	/**
	 * A row to be read: {@code json} is made faster, and is the same where JSON loses
	 * nothing.
	 */
	private static String json(LiveTable table) {
		boolean isExact = table.columns().stream().allMatch((column) -> column.isExact() && !column.cast());
		return isExact ? "pg_catalog.row_to_json(t.*)" : row(table);
	}

	private static String row(LiveTable table) {
		String texts = table.columns()
			.stream()
			.filter((column) -> column.cast() && !column.isHstore() && !column.isDocument())
			.map((column) -> " || pg_catalog.jsonb_build_object(" + Sql.literal(column.name()) + ", t."
					+ Sql.identifier(column.name()) + "::pg_catalog.text)")
			.collect(Collectors.joining());
		return "pg_catalog.to_jsonb(t.*)" + texts;
	}

	private static String generated(LiveTable table) {
		return table.columns()
			.stream()
			.filter(Column::generated)
			.map((column) -> " - " + Sql.literal(column.name()))
			.collect(Collectors.joining());
	}

	/**
	 * A row.
	 *
	 * @param number the number of the key that it was looked for by
	 * @param seen where it is, and which version of it
	 * @param row its values
	 */
	record Found(int number, Seen seen, Map<String, @Nullable Object> row) {

		Location location() {
			return this.seen.location();
		}

	}

}
