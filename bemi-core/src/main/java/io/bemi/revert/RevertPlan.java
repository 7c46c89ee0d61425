package io.bemi.revert;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.revert.RevertStep.Action;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done so that records are as if some changes had never happened, and what
 * stands against it. Immutable; made by {@link Reverter}, and good for as long as nobody
 * changes these records: whoever executes it finds out.
 */
public final class RevertPlan {

	/** How many ids a context names. */
	private static final int NAMED = 100;

	private final long changes;

	private final List<Long> transactions;

	private final List<Revision> revisions;

	private final List<RevertConflict> ofTables;

	private final List<List<Work>> groups;

	private final List<Work> works;

	private final List<RevertConflict> conflicts;

	private final boolean canBeDoneAsSeen;

	/**
	 * Creates a plan.
	 * @param ofTables what stands against tables as a whole
	 * @param groups what would be done where conflicts are skipped, in order
	 * @param conflicts all conflicts
	 */
	RevertPlan(long changes, List<Long> transactions, List<Revision> revisions, List<RevertConflict> ofTables,
			List<List<Work>> groups, List<RevertConflict> conflicts) {
		this.changes = changes;
		this.transactions = List.copyOf(transactions);
		this.revisions = List.copyOf(revisions);
		this.ofTables = List.copyOf(ofTables);
		this.groups = List.copyOf(groups);
		this.works = groups.stream().flatMap(List::stream).toList();
		this.conflicts = List.copyOf(conflicts);
		this.canBeDoneAsSeen = conflicts.isEmpty() && ofTables.isEmpty() && !Verification.isNeeded(groups)
				&& this.works.stream().allMatch((work) -> work.action() == Action.INSERT || work.seen() != null);
		this.works.forEach(Work::forget);
	}

	/**
	 * How many changes are to be reverted.
	 */
	public long changes() {
		return this.changes;
	}

	/**
	 * The transactions that made these changes, in their order.
	 * @return their ids, with epoch
	 */
	public List<Long> transactions() {
		return this.transactions;
	}

	/**
	 * What would be done, in this order. Of what a conflict is about, nothing is.
	 * @return the steps, made as they are read
	 */
	public List<RevertStep> steps() {
		return new AbstractList<>() {

			@Override
			public RevertStep get(int index) {
				return RevertPlan.this.works.get(index).step();
			}

			@Override
			public int size() {
				return RevertPlan.this.works.size();
			}

		};
	}

	/**
	 * What stands against it. Each is aborted by, skipped or overwritten as
	 * {@link RevertOptions} say.
	 * @return the conflicts as they were when the plan was made
	 */
	public List<RevertConflict> conflicts() {
		return this.conflicts;
	}

	/**
	 * Whether there is nothing to do, and nothing stands against it.
	 */
	public boolean isEmpty() {
		return this.works.isEmpty() && this.conflicts.isEmpty();
	}

	/**
	 * The plan as JSON: {@code changes}, {@code transactions}, {@code steps} and
	 * {@code conflicts}, with the names that these have in Java.
	 */
	public String toJson() {
		StringBuilder json = new StringBuilder("{\"changes\": ").append(this.changes).append(", \"transactions\": ");
		Rows.append(json, this.transactions);
		json.append(", \"steps\": [");
		String separator = "";
		for (RevertStep step : steps()) {
			Rows.append(json.append(separator), object(step));
			separator = ", ";
		}
		json.append("], \"conflicts\": [");
		separator = "";
		for (RevertConflict conflict : this.conflicts) {
			Rows.append(json.append(separator), object(conflict));
			separator = ", ";
		}
		return json.append("]}").toString();
	}

	private static Map<String, @Nullable Object> object(RevertStep step) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		object.put("action", step.action());
		object.put("schema", step.schema());
		object.put("table", step.table());
		object.put("key", step.key());
		object.put("from", step.from());
		object.put("to", step.to());
		return object;
	}

	private static Map<String, @Nullable Object> object(RevertConflict conflict) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		object.put("kind", conflict.kind());
		object.put("schema", conflict.schema());
		object.put("table", conflict.table());
		object.put("key", conflict.key());
		object.put("columns", conflict.columns());
		object.put("message", conflict.message());
		return object;
	}

	/**
	 * The plan as an SQL script that does the steps in one transaction, for people who
	 * want to read or to run it themselves. It does not check again what is there.
	 */
	public String toSql() {
		return SqlScript.of(this.works, this.conflicts);
	}

	/**
	 * The plan as text, a line for each step and each conflict.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("Revert " + this.changes + " change(s) of " + this.transactions.size()
				+ " transaction(s) by " + this.works.size() + " step(s), " + this.conflicts.size() + " conflict(s)");
		this.conflicts.forEach((conflict) -> text.append("\n! ").append(conflict));
		for (RevertStep step : steps()) {
			text.append("\n  ")
				.append(step.action())
				.append(' ')
				.append(step.schema())
				.append('.')
				.append(step.table())
				.append(' ')
				.append(Rows.json(step.key()));
			switch (step.action()) {
				case INSERT -> text.append(": ").append(Rows.json(step.to()));
				case UPDATE -> step.to()
					.forEach((column, value) -> text.append("\n      ")
						.append(column)
						.append(": ")
						.append(Rows.json(step.from().get(column)))
						.append(" -> ")
						.append(Rows.json(value)));
				case DELETE -> {
				}
			}
		}
		return text.toString();
	}

	/**
	 * What is to be done under some options, for somebody to work on.
	 */
	List<Work> works(Resolutions resolutions) {
		this.ofTables.forEach(resolutions::skip);
		List<Work> works = new ArrayList<>();
		for (Revision revision : this.revisions) {
			Work work = revision.work(resolutions);
			if (work != null) {
				works.add(work);
			}
		}
		return works;
	}

	/**
	 * What is to be done, in order, if nothing stands against it and every row was seen
	 * that is to be changed: then it can be done as long as they are the same.
	 * @return empty when it cannot be done without looking again
	 */
	List<List<Work>> undisputed() {
		return this.canBeDoneAsSeen ? this.groups : List.of();
	}

	/**
	 * What a context says of it.
	 */
	Map<String, Object> describe() {
		return Map.of("changes", this.changes, "transactions",
				this.transactions.subList(0, Math.min(NAMED, this.transactions.size())));
	}

}
