package io.bemi.revert;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.bemi.revert.LiveTable.ForeignKey;
import io.bemi.revert.LiveTable.Unique;
import io.bemi.revert.RevertStep.Action;
import io.bemi.revert.Work.Location;
import org.jspecify.annotations.Nullable;

/**
 * Whether foreign keys and unique values allow that all of the work is done. What is
 * skipped may take away what other work needs: so it is checked until nothing changes.
 */
final class Constraints {

	/** How many keys go in one statement: no rows come back but their places. */
	private static final int BATCH = 10_000;

	private final Connection connection;

	private final Resolutions resolutions;

	private final boolean lock;

	private final Set<Work> forced = java.util.Collections.newSetFromMap(new IdentityHashMap<>());

	private List<Work> works = List.of();

	private Map<Location, Work> located = Map.of();

	private boolean again;

	Constraints(Connection connection, Resolutions resolutions, boolean lock) {
		this.connection = connection;
		this.resolutions = resolutions;
		this.lock = lock;
	}

	/**
	 * Checks.
	 * @return what is left to do
	 */
	List<Work> check(List<Work> all) throws SQLException {
		this.works = new ArrayList<>(all);
		do {
			this.again = false;
			this.located = new HashMap<>();
			Map<Long, LiveTable> tables = new LinkedHashMap<>();
			for (Work work : this.works) {
				if (work.isLinked()) {
					tables.put(work.table().oid(), work.table());
					if (work.location() != null) {
						this.located.put(work.location(), work);
					}
				}
			}
			Set<Work> dropped = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
			for (LiveTable table : tables.values()) {
				for (Unique unique : table.uniques()) {
					checkUnique(table, unique, dropped);
				}
				for (ForeignKey key : table.references()) {
					checkParents(table, key, dropped);
				}
				for (ForeignKey key : table.referenced()) {
					checkChildren(table, key, dropped);
				}
			}
			this.works.removeIf(dropped::contains);
		}
		while (this.again);
		return this.works;
	}

	private List<Work> changing(long table, List<String> columns) {
		return this.works.stream()
			.filter((work) -> work.isLinked() && work.table().oid() == table && work.changes(columns))
			.toList();
	}

	private void checkUnique(LiveTable table, Unique unique, Set<Work> dropped) throws SQLException {
		Map<List<Object>, Work> wanted = new LinkedHashMap<>();
		for (Work work : changing(table.oid(), unique.columns())) {
			List<Object> values = work.after(unique.columns());
			if (values == null || Rows.hasNull(values)) {
				continue;
			}
			Work other = wanted.putIfAbsent(values, work);
			if (other != null) {
				refuse(work, ConflictKind.UNIQUE_TAKEN, unique.columns(), "two records would have the same, which '"
						+ unique.name() + "' does not allow: the other one is " + other.key(), dropped);
			}
		}
		List<String> types = unique.columns().stream().map((name) -> type(table, name)).toList();
		List<Work> asking = new ArrayList<>(wanted.values());
		List<Map<String, @Nullable Object>> rows = asking.stream()
			.map((work) -> work.values(unique.columns()))
			.toList();
		find(table.rows(), unique.columns(), unique.columns(), types, rows, "", (n, where) -> {
			Work work = asking.get(n);
			Work owner = this.located.get(where);
			if (owner == work || (owner != null && owner.changes(unique.columns()))) {
				return;
			}
			boolean again = unique.primary() && work.action() == Action.INSERT;
			refuse(work, again ? ConflictKind.CREATED_SINCE : ConflictKind.UNIQUE_TAKEN, unique.columns(),
					again ? "it is to be restored, but there is a record with its key"
							: "another record has these values, which '" + unique.name() + "' does not allow",
					dropped);
		});
	}

	private void checkParents(LiveTable table, ForeignKey key, Set<Work> dropped) throws SQLException {
		Set<List<Object>> provided = after(key.parent(), key.parentColumns());
		Map<List<Object>, List<Work>> wanted = new LinkedHashMap<>();
		for (Work work : changing(table.oid(), key.columns())) {
			List<Object> values = work.after(key.columns());
			if (values != null && !Rows.hasNull(values) && !provided.contains(values)) {
				wanted.computeIfAbsent(values, (v) -> new ArrayList<>(1)).add(work);
			}
		}
		List<List<Object>> tuples = new ArrayList<>(wanted.keySet());
		List<Map<String, @Nullable Object>> rows = tuples.stream()
			.map((tuple) -> java.util.Objects.requireNonNull(wanted.get(tuple)).get(0).values(key.columns()))
			.toList();
		find(key.parentRows(), key.parentColumns(), key.columns(), key.types(), rows,
				this.lock ? " FOR KEY SHARE OF t" : "", (n, where) -> {
					Work owner = this.located.get(where);
					if (owner == null || !owner.changes(key.parentColumns())) {
						wanted.remove(tuples.get(n));
					}
				});
		wanted.values()
			.forEach((missing) -> missing.forEach((work) -> refuse(work, ConflictKind.MISSING_REFERENCE, key.columns(),
					"what it refers to in " + key.parentName() + " is not there ('" + key.name() + "')", dropped)));
	}

	private Set<List<Object>> after(long table, List<String> columns) {
		Set<List<Object>> tuples = new HashSet<>();
		for (Work work : changing(table, columns)) {
			List<Object> values = work.after(columns);
			if (values != null) {
				tuples.add(values);
			}
		}
		return tuples;
	}

	private void checkChildren(LiveTable table, ForeignKey key, Set<Work> dropped) throws SQLException {
		Set<List<Object>> provided = after(table.oid(), key.parentColumns());
		List<Work> removing = changing(table.oid(), key.parentColumns()).stream().filter((work) -> {
			List<Object> values = work.before(key.parentColumns());
			// A record that takes the key over comes too late, unless the server waits.
			boolean kept = provided.contains(values) && key.deferrable() && action(work, key) == 'a';
			return values != null && !Rows.hasNull(values) && !kept && !this.forced.contains(work);
		}).toList();
		List<Map<String, @Nullable Object>> rows = removing.stream()
			.map((work) -> work.current(key.parentColumns()))
			.toList();
		Set<Work> refused = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
		find(key.childRows(), key.columns(), key.parentColumns(), key.types(), rows, "", (n, where) -> {
			Work work = removing.get(n);
			Work child = this.located.get(where);
			if ((child == null || !child.changes(key.columns())) && refused.add(work)) {
				refuseReferenced(work, key, dropped);
			}
		});
	}

	private static char action(Work work, ForeignKey key) {
		return (work.action() == Action.DELETE) ? key.onDelete() : key.onUpdate();
	}

	private void refuseReferenced(Work work, ForeignKey key, Set<Work> dropped) {
		char action = action(work, key);
		RevertConflict conflict = work.conflict(ConflictKind.REFERENCED, key.parentColumns(),
				"records of " + key.childName() + " refer to it ('" + key.name() + "')");
		if (this.resolutions.option(ConflictKind.REFERENCED) == Resolution.OVERWRITE && ForeignKey.acts(action)) {
			this.resolutions.resolve(conflict);
			this.forced.add(work);
			return;
		}
		refuse(work, ConflictKind.REFERENCED, key.parentColumns(), conflict.message(), dropped);
	}

	private void refuse(Work work, ConflictKind kind, List<String> columns, String message, Set<Work> dropped) {
		if (dropped.contains(work)) {
			return;
		}
		this.resolutions.skip(work.conflict(kind, columns, message));
		// Also of those that abort: to see what else there is.
		this.again = true;
		if (work.action() == Action.UPDATE) {
			work.leave(columns);
			work.link();
		}
		if (work.action() != Action.UPDATE || work.to().isEmpty()) {
			dropped.add(work);
		}
	}

	private void find(String table, List<String> columns, List<String> names, List<String> types,
			List<Map<String, @Nullable Object>> rows, String locking, Match match) throws SQLException {
		for (int from = 0; from < rows.size(); from += BATCH) {
			Recordset set = new Recordset();
			for (int i = 0; i < types.size(); i++) {
				set.column("k" + i, types.get(i));
			}
			rows.subList(from, Math.min(rows.size(), from + BATCH)).forEach((row) -> set.row(Rows.values(row, names)));
			String where = IntStream.range(0, columns.size())
				.mapToObj((i) -> "t." + Sql.identifier(columns.get(i)) + " = v.k" + i)
				.collect(Collectors.joining(" AND "));
			String sql = "SELECT v.n, t.tableoid::pg_catalog.int8, t.ctid::pg_catalog.text FROM " + set.sql() + " JOIN "
					+ table + " t ON " + where + locking;
			try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
				statement.setString(1, set.json());
				try (ResultSet row = statement.executeQuery()) {
					while (row.next()) {
						match.found(from + row.getInt(1), new Location(row.getLong(2), row.getString(3)));
					}
				}
			}
		}
	}

	private static String type(LiveTable table, String column) {
		return java.util.Objects.requireNonNull(table.column(column)).type();
	}

	private interface Match {

		void found(int number, Location where);

	}

}
