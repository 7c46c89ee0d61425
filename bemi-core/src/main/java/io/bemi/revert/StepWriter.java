package io.bemi.revert;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.bemi.revert.LiveTable.Column;
import io.bemi.revert.RevertStep.Action;
import io.bemi.revert.Work.Seen;
import org.jspecify.annotations.Nullable;

/**
 * Writes, some records at a time. A row is found where it was locked; if a trigger or a
 * cascade of this transaction has moved it since, by its key. Or, where none was locked,
 * it is found where it was seen as long as it is the same.
 */
final class StepWriter {

	private final Connection connection;

	private final LongConsumer progress;

	private final boolean asSeen;

	private final long[] counts = new long[Action.values().length];

	private boolean disturbed;

	/**
	 * Creates one.
	 * @param progress is told how many records were written
	 * @param asSeen whether rows are only written that are as they were seen
	 */
	StepWriter(Connection connection, LongConsumer progress, boolean asSeen) {
		this.connection = connection;
		this.progress = progress;
		this.asSeen = asSeen;
	}

	void write(List<Work> group) throws SQLException {
		for (List<Work> batch : Batches.by(group, RowReader.BATCH,
				(work) -> List.of(work.action(), work.table().oid(), work.location() != null, work.to().keySet()))) {
			Work first = batch.get(0);
			if (first.action() == Action.INSERT) {
				int written = insert(batch);
				this.disturbed |= written != batch.size();
				this.counts[Action.INSERT.ordinal()] += written;
			}
			else {
				change(batch);
			}
			this.progress.accept(batch.size());
		}
	}

	private void change(List<Work> batch) throws SQLException {
		boolean located = batch.get(0).location() != null;
		List<Work> missing = update(batch, located ? null : Work::key);
		if (missing.isEmpty()) {
			return;
		}
		this.disturbed = true;
		if (!this.asSeen && batch.get(0).table().keyed()) {
			if (located) {
				missing = update(missing, Work::key);
			}
			update(missing.stream().filter((work) -> work.followed() != null).toList(),
					(work) -> Objects.requireNonNull(work.followed()));
		}
	}

	private int insert(List<Work> batch) throws SQLException {
		LiveTable table = batch.get(0).table();
		List<String> names = List.copyOf(batch.get(0).to().keySet());
		Recordset set = new Recordset();
		List<String> values = columns(set, table, names);
		batch.forEach((work) -> set.row(Rows.values(work.to(), names)));
		String sql = "INSERT INTO " + table.quoted() + " ("
				+ names.stream().map(Sql::identifier).collect(Collectors.joining(", "))
				+ ") OVERRIDING SYSTEM VALUE SELECT " + String.join(", ", values) + " FROM " + set.sql()
				+ " ORDER BY v.n";
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setString(1, set.json());
			return statement.executeUpdate();
		}
	}

	/**
	 * Updates or deletes.
	 * @param key what rows are found by; {@code null} for where they were locked
	 * @return what was not found
	 */
	private List<Work> update(List<Work> batch, @Nullable Function<Work, Map<String, @Nullable Object>> key)
			throws SQLException {
		if (batch.isEmpty()) {
			return batch;
		}
		Work first = batch.get(0);
		LiveTable table = first.table();
		List<String> names = List.copyOf(first.to().keySet());
		Recordset set = new Recordset();
		List<String> values = columns(set, table, names);
		String where;
		if (key == null) {
			set.column("t", "pg_catalog.oid");
			set.column("c", "pg_catalog.tid");
			where = "t.ctid = v.c AND t.tableoid = v.t";
			if (this.asSeen) {
				set.column("x", "pg_catalog.xid");
				where += " AND t.xmin = v.x";
			}
		}
		else {
			for (int i = 0; i < table.key().size(); i++) {
				set.column("k" + i, column(table, table.key().get(i)).type());
			}
			where = IntStream.range(0, table.key().size())
				.mapToObj((i) -> "t." + Sql.identifier(table.key().get(i)) + " = v.k" + i)
				.collect(Collectors.joining(" AND "));
		}
		for (Work work : batch) {
			List<@Nullable Object> row = Rows.values(work.to(), names);
			if (key == null) {
				Seen seen = Objects.requireNonNull(work.seen());
				row.add(seen.location().table());
				row.add(seen.location().place());
				if (this.asSeen) {
					row.add(seen.version());
				}
			}
			else {
				row.addAll(Rows.values(key.apply(work), table.key()));
			}
			set.row(row);
		}
		String sql = (first.action() == Action.DELETE) ? "DELETE FROM " + table.rows() + " t USING " + set.sql()
				: "UPDATE " + table.rows() + " t SET "
						+ IntStream.range(0, names.size())
							.mapToObj((i) -> Sql.identifier(names.get(i)) + " = " + values.get(i))
							.collect(Collectors.joining(", "))
						+ " FROM " + set.sql();
		Set<Integer> written = new HashSet<>();
		try (PreparedStatement statement = this.connection
			.prepareStatement(sql + " WHERE " + where + " RETURNING v.n")) {
			statement.setString(1, set.json());
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					written.add(row.getInt(1));
				}
			}
		}
		this.counts[first.action().ordinal()] += written.size();
		return IntStream.range(0, batch.size()).filter((n) -> !written.contains(n)).mapToObj(batch::get).toList();
	}

	/**
	 * Adds columns to what goes to the server.
	 * @return what they are in SQL
	 */
	private static List<String> columns(Recordset set, LiveTable table, List<String> names) {
		List<String> values = new ArrayList<>();
		for (int i = 0; i < names.size(); i++) {
			Column column = column(table, names.get(i));
			String value = "v.v" + i;
			set.column("v" + i, column.isHstore() ? "pg_catalog.jsonb" : column.type());
			if (column.isHstore()) {
				// jsonb_to_recordset fails on it.
				value = ("CASE WHEN pg_catalog.jsonb_typeof(%1$s) = 'object' THEN coalesce((SELECT %2$s.hstore(pg_catalog.array_agg(e.key),"
						+ " pg_catalog.array_agg(e.value)) FROM pg_catalog.jsonb_each_text(%1$s) e), ''::%2$s.hstore) END")
					.formatted(value, column.typeSchema());
			}
			else if (column.isDocument() && column.notNull()) {
				// The document null comes out of JSON as SQL's.
				value = "coalesce(" + value + ", 'null')";
			}
			values.add(value);
		}
		return values;
	}

	private static Column column(LiveTable table, String name) {
		return Objects.requireNonNull(table.column(name));
	}

	/**
	 * Whether rows were not where they had been locked, or were not written.
	 */
	boolean isDisturbed() {
		return this.disturbed;
	}

	long count(Action action) {
		return this.counts[action.ordinal()];
	}

}
