package io.bemi.revert;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.bemi.revert.RevertStep.Action;
import io.bemi.revert.RowReader.Found;
import io.bemi.revert.Work.Location;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the rows that are to be written, as they are now: whether they are what the
 * history says, and whether constraints allow what is to become of them.
 */
final class Inspection {

	private static final Comparator<Keyed> IN_ORDER = Comparator.comparing((Keyed keyed) -> keyed.work().table().oid())
		.thenComparing(Inspection::compareKeys);

	private final RowReader reader;

	private final Constraints constraints;

	private final Resolutions resolutions;

	/**
	 * Creates one.
	 * @param lock whether the rows are to stay as they are found until the transaction
	 * ends
	 */
	Inspection(Connection connection, Resolutions resolutions, boolean lock) {
		this.reader = new RowReader(connection, lock);
		this.constraints = new Constraints(connection, resolutions, lock);
		this.resolutions = resolutions;
	}

	/**
	 * Looks, in an order that is the same for all reverts, so that they do not wait for
	 * each other in a circle.
	 * @return what is left to do
	 */
	List<Work> inspect(List<Work> works) throws SQLException {
		List<Work> sorted = works.stream()
			.map((work) -> new Keyed(work, work.target()))
			.sorted(IN_ORDER)
			.map(Keyed::work)
			.toList();
		List<Work> left = new ArrayList<>();
		for (List<Work> batch : Batches.byTable(sorted, RowReader.BATCH)) {
			inspectBatch(batch, left);
		}
		left.forEach(Work::link);
		return this.constraints.check(left);
	}

	private void inspectBatch(List<Work> batch, List<Work> left) throws SQLException {
		List<Work> existing = batch.stream().filter((work) -> work.action() != Action.INSERT).toList();
		batch.stream().filter((work) -> work.action() == Action.INSERT).forEach(left::add);
		if (existing.isEmpty()) {
			return;
		}
		Map<Integer, List<Found>> rows = new HashMap<>();
		for (Found row : this.reader.read(existing.get(0).table(), existing.stream().map(Work::key).toList())) {
			rows.computeIfAbsent(row.number(), (n) -> new ArrayList<>(1)).add(row);
		}
		Set<Location> taken = new HashSet<>();
		for (int i = 0; i < existing.size(); i++) {
			Work work = existing.get(i);
			Found found = rows.getOrDefault(i, List.of())
				.stream()
				.filter((row) -> !taken.contains(row.location()))
				.findFirst()
				.orElse(null);
			if (found == null) {
				this.resolutions.skip(work.conflict(ConflictKind.DELETED_SINCE, List.of(),
						"it is no longer there as the history has it"));
				continue;
			}
			taken.add(found.location());
			if (isAsExpected(work, found.row())) {
				work.found(found.seen(), found.row());
				left.add(work);
			}
		}
	}

	private boolean isAsExpected(Work work, Map<String, @Nullable Object> row) {
		List<String> different = Rows.differences(work.from(), row);
		if (work.action() == Action.DELETE) {
			return different.isEmpty() || this.resolutions
				.resolve(work.conflict(ConflictKind.LATER_CHANGE, List.of(), "it is to be deleted, but its "
						+ String.join(", ", different) + " is not what the history says")) == Resolution.OVERWRITE;
		}
		List<String> done = work.to()
			.keySet()
			.stream()
			.filter((column) -> row.containsKey(column) && Objects.equals(row.get(column), work.to().get(column)))
			.toList();
		different.removeAll(done);
		if (!different.isEmpty() && this.resolutions.resolve(work.conflict(ConflictKind.LATER_CHANGE, different,
				"it is not what the history says")) != Resolution.OVERWRITE) {
			work.leave(different);
		}
		work.settle(done);
		return !work.to().isEmpty();
	}

	private static int compareKeys(Keyed one, Keyed other) {
		for (String column : one.target().keySet()) {
			int result = compare(one.target().get(column), other.target().get(column));
			if (result != 0) {
				return result;
			}
		}
		return one.work().action().compareTo(other.work().action());
	}

	private static int compare(@Nullable Object one, @Nullable Object other) {
		if (one instanceof BigDecimal number && other instanceof BigDecimal that) {
			return number.compareTo(that);
		}
		return String.valueOf(one).compareTo(String.valueOf(other));
	}

	private record Keyed(Work work, Map<String, @Nullable Object> target) {
	}

}
