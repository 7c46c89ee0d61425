package io.bemi.revert;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.revert.LiveTable.Column;
import io.bemi.revert.LiveTable.ForeignKey;
import io.bemi.revert.RevertStep.Action;
import io.bemi.revert.RowReader.Found;
import org.jspecify.annotations.Nullable;

/**
 * Whether the rows are as they should be after everything was written, and what to write
 * to make them so: triggers and cascades of this very transaction may have done more.
 */
final class Verification {

	private final RowReader reader;

	private final Map<Record, Expected> expected = new LinkedHashMap<>();

	Verification(Connection connection, List<List<Work>> groups, boolean all) {
		this.reader = new RowReader(connection, false);
		List<Work> works = groups.stream().flatMap(List::stream).filter((work) -> all || !isExact(work)).toList();
		for (Work work : works) {
			if (work.table().keyed() && (work.action() == Action.DELETE
					|| !work.target().equals(Rows.only(work.key(), work.table().key())))) {
				add(work, work.key(), null);
			}
		}
		for (Work work : works) {
			if (work.action() != Action.DELETE) {
				add(work, work.target(), work.result());
			}
		}
	}

	/**
	 * Whether something may happen to rows beside what is written.
	 */
	static boolean isNeeded(List<List<Work>> groups) {
		return groups.stream().flatMap(List::stream).anyMatch((work) -> work.table().triggers() || cascades(work));
	}

	private static boolean cascades(Work work) {
		return work.isLinked() && work.table()
			.referenced()
			.stream()
			.anyMatch((key) -> ForeignKey.acts((work.action() == Action.UPDATE) ? key.onUpdate() : key.onDelete())
					&& work.action() != Action.INSERT && work.changes(key.parentColumns()));
	}

	private static boolean isExact(Work work) {
		return work.to().keySet().stream().allMatch((name) -> {
			Column column = work.table().column(name);
			return column != null && column.isExact();
		});
	}

	private void add(Work work, Map<String, @Nullable Object> key, @Nullable Map<String, @Nullable Object> row) {
		List<Object> tuple = work.table().keyed() ? Objects.requireNonNull(Rows.tuple(key, work.table().key()))
				: List.of(key);
		Record record = new Record(work.table().oid(), tuple);
		Expected before = this.expected.get(record);
		Map<String, @Nullable Object> merged = (row != null && before != null && before.row != null)
				? Rows.with(before.row, row) : row;
		int count = (before != null && before.row != null) ? before.count + 1 : 1;
		this.expected.put(record, new Expected(work, key, merged, count));
	}

	/**
	 * Compares.
	 * @return what is still to be written, with the columns that differ; none of rows for
	 * which nothing can be done
	 */
	List<Mismatch> check() throws SQLException {
		Map<LiveTable, List<Expected>> byTable = new LinkedHashMap<>();
		this.expected.values()
			.forEach((row) -> byTable.computeIfAbsent(row.work.table(), (table) -> new ArrayList<>()).add(row));
		List<Mismatch> mismatches = new ArrayList<>();
		for (Map.Entry<LiveTable, List<Expected>> table : byTable.entrySet()) {
			List<Expected> rows = table.getValue();
			for (int from = 0; from < rows.size(); from += RowReader.BATCH) {
				check(table.getKey(), rows.subList(from, Math.min(rows.size(), from + RowReader.BATCH)), mismatches);
			}
		}
		return mismatches;
	}

	private void check(LiveTable table, List<Expected> rows, List<Mismatch> mismatches) throws SQLException {
		Map<Integer, List<Found>> found = new HashMap<>();
		for (Found row : this.reader.read(table, rows.stream().map(Expected::key).toList())) {
			found.computeIfAbsent(row.number(), (n) -> new ArrayList<>(1)).add(row);
		}
		for (int i = 0; i < rows.size(); i++) {
			Expected row = rows.get(i);
			List<Found> there = found.getOrDefault(i, List.of());
			Mismatch mismatch = table.keyed() ? compare(row, there) : compareKeyless(row, there);
			if (mismatch != null) {
				mismatches.add(mismatch);
			}
		}
	}

	private static @Nullable Mismatch compare(Expected expected, List<Found> there) {
		Work work = expected.work;
		Map<String, @Nullable Object> wanted = expected.row;
		if (wanted == null) {
			return there.isEmpty() ? null
					: new Mismatch(
							work.conflict(ConflictKind.ALTERED, List.of(), "it is there again after it was deleted"),
							new Work(work.table(), Action.DELETE, expected.key, Map.of(), Map.of()));
		}
		if (there.isEmpty()) {
			return new Mismatch(work.conflict(ConflictKind.ALTERED, List.of(), "it is not there after it was written"),
					(work.action() == Action.INSERT)
							? new Work(work.table(), Action.INSERT, expected.key, Map.of(), wanted) : null);
		}
		List<String> different = Rows.differences(wanted, there.get(0).row());
		return different.isEmpty() ? null
				: new Mismatch(
						work.conflict(ConflictKind.ALTERED, different,
								"after it was written it is something else: "
										+ Rows.only(there.get(0).row(), different)),
						new Work(work.table(), Action.UPDATE, expected.key, Map.of(), Rows.only(wanted, different)));
	}

	private static @Nullable Mismatch compareKeyless(Expected expected, List<Found> there) {
		return (there.size() >= expected.count) ? null : new Mismatch(
				expected.work.conflict(ConflictKind.ALTERED, List.of(), "it is not there after it was written"), null);
	}

	private record Record(long table, List<Object> key) {
	}

	private record Expected(Work work, Map<String, @Nullable Object> key, @Nullable Map<String, @Nullable Object> row,
			int count) {
	}

	/**
	 * A row that is not as it should be.
	 *
	 * @param conflict what is wrong
	 * @param remedy what makes it right; {@code null} when nothing does
	 */
	record Mismatch(RevertConflict conflict, @Nullable Work remedy) {
	}

}
