package io.bemi.revert;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.revert.LiveTable.Column;
import io.bemi.revert.LiveTable.ForeignKey;
import io.bemi.revert.LiveTable.Unique;
import io.bemi.revert.RevertStep.Action;
import org.jspecify.annotations.Nullable;

/**
 * Finds an order in which no constraint is violated in between, record by record. Where
 * records refer to each other in a circle, and cannot wait until the end of the
 * transaction, a reference is cleared first or set last.
 */
final class StepOrder {

	/** Deletions first, before cascades of what others do move their rows. */
	private static final Comparator<Kind> IN_ORDER = Comparator.comparing(Kind::action)
		.reversed()
		.thenComparing(Kind::table)
		.thenComparing((kind) -> kind.columns().toString());

	private final List<Work> works;

	private final Map<Work, List<Edge>> waiting = new IdentityHashMap<>();

	private final List<Work> first = new ArrayList<>();

	private final List<Work> last = new ArrayList<>();

	private final List<Work> stuck = new ArrayList<>();

	StepOrder(List<Work> works) {
		this.works = works;
		connect();
	}

	private void connect() {
		Map<Long, LiveTable> tables = new LinkedHashMap<>();
		Map<Long, List<Work>> linked = new HashMap<>();
		for (Work work : this.works) {
			if (work.isLinked()) {
				tables.put(work.table().oid(), work.table());
				linked.computeIfAbsent(work.table().oid(), (oid) -> new ArrayList<>()).add(work);
			}
		}
		for (LiveTable table : tables.values()) {
			List<Work> here = linked.getOrDefault(table.oid(), List.of());
			for (Unique unique : table.uniques()) {
				if (!unique.deferrable()) {
					connect(here, unique);
				}
			}
			for (ForeignKey key : table.references()) {
				connect(here, linked.getOrDefault(key.parent(), List.of()), key);
			}
		}
	}

	/**
	 * Who gives a value up comes before who takes it.
	 */
	private void connect(List<Work> works, Unique unique) {
		Map<List<Object>, Work> freeing = new HashMap<>();
		List<Work> changing = works.stream().filter((work) -> work.changes(unique.columns())).toList();
		changing.forEach((work) -> put(freeing, work.before(unique.columns()), work));
		for (Work work : changing) {
			List<Object> values = work.after(unique.columns());
			wait(work, (values != null) ? freeing.get(values) : null, null, false);
		}
	}

	private void connect(List<Work> children, List<Work> parents, ForeignKey key) {
		Map<List<Object>, Work> providing = new HashMap<>();
		Map<List<Object>, Work> removing = new HashMap<>();
		for (Work parent : parents) {
			if (parent.changes(key.parentColumns())) {
				put(providing, parent.after(key.parentColumns()), parent);
				put(removing, parent.before(key.parentColumns()), parent);
			}
		}
		if (providing.isEmpty() && removing.isEmpty()) {
			return;
		}
		for (Work child : children) {
			if (!child.changes(key.columns())) {
				continue;
			}
			List<Object> after = child.after(key.columns());
			if (after != null && !key.deferrable()) {
				wait(child, providing.get(after), key, true);
			}
			List<Object> before = child.before(key.columns());
			Work remover = (before != null) ? removing.get(before) : null;
			if (remover != null && !follows(child, remover, key)) {
				wait(remover, child, key, false);
			}
			else if (remover != null && remover.action() == Action.UPDATE && key.onUpdate() == 'c') {
				follow(child, remover, key);
			}
		}
	}

	/**
	 * Whether a child need not be gone before its parent is. One that is to be deleted
	 * would no longer be found if it followed the parent's key.
	 */
	private static boolean follows(Work child, Work remover, ForeignKey key) {
		char action = (remover.action() == Action.DELETE) ? key.onDelete() : key.onUpdate();
		if (remover.action() == Action.UPDATE && ForeignKey.acts(action)) {
			return child.action() != Action.DELETE;
		}
		return key.deferrable() && action == 'a';
	}

	private static void follow(Work child, Work parent, ForeignKey key) {
		Map<String, @Nullable Object> values = parent.values(key.parentColumns());
		Map<String, @Nullable Object> columns = new LinkedHashMap<>();
		for (int i = 0; i < key.columns().size(); i++) {
			columns.put(key.columns().get(i), values.get(key.parentColumns().get(i)));
		}
		child.follow(columns);
	}

	private static void put(Map<List<Object>, Work> works, @Nullable List<Object> values, Work work) {
		if (values != null && !Rows.hasNull(values)) {
			works.put(values, work);
		}
	}

	private void wait(Work work, @Nullable Work other, @Nullable ForeignKey key, boolean setting) {
		if (other != null && other != work) {
			this.waiting.computeIfAbsent(work, (w) -> new ArrayList<>(1)).add(new Edge(other, key, setting));
		}
	}

	/**
	 * Puts the work in order.
	 * @return groups, one after the other; within a group any order will do
	 */
	List<List<Work>> order() {
		List<List<Work>> levels = new ArrayList<>();
		Set<Work> open = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
		open.addAll(this.works);
		List<Work> rest = new ArrayList<>(this.works);
		while (!rest.isEmpty()) {
			List<Work> level = rest.stream().filter((work) -> isFree(work, open)).toList();
			if (!level.isEmpty()) {
				levels.add(similar(level));
				level.forEach(open::remove);
				rest = rest.stream().filter(open::contains).toList();
			}
			else if (!breakCircle(rest, open)) {
				this.stuck.addAll(rest);
				return List.of();
			}
		}
		if (!this.first.isEmpty()) {
			levels.add(0, this.first);
		}
		if (!this.last.isEmpty()) {
			levels.add(this.last);
		}
		return levels;
	}

	/**
	 * Puts together what one statement can do.
	 */
	private static List<Work> similar(List<Work> works) {
		Map<Kind, List<Work>> kinds = new HashMap<>();
		for (Work work : works) {
			kinds
				.computeIfAbsent(new Kind(work.action(), work.table().oid(), work.to().keySet()),
						(kind) -> new ArrayList<>())
				.add(work);
		}
		return kinds.keySet().stream().sorted(IN_ORDER).map(kinds::get).flatMap(List::stream).toList();
	}

	private boolean isFree(Work work, Set<Work> open) {
		List<Edge> edges = this.waiting.get(work);
		return edges == null || edges.stream().noneMatch((edge) -> open.contains(edge.before));
	}

	private boolean breakCircle(List<Work> rest, Set<Work> open) {
		for (Work work : rest) {
			List<Edge> edges = this.waiting.getOrDefault(work, List.of());
			for (Edge edge : edges) {
				if (edge.key != null && open.contains(edge.before)
						&& (edge.setting ? setLast(work, edge.key) : clearFirst(edge.before, edge.key))) {
					edges.remove(edge);
					return true;
				}
			}
		}
		return false;
	}

	private boolean setLast(Work child, ForeignKey key) {
		Map<String, @Nullable Object> nulls = nulls(child, key);
		if (nulls == null || !child.to().keySet().containsAll(nulls.keySet())) {
			return false;
		}
		Map<String, @Nullable Object> values = Rows.only(child.to(), nulls.keySet());
		this.last.add(new Work(child.table(), Action.UPDATE, child.target(), nulls, values));
		child.put(nulls);
		return true;
	}

	private boolean clearFirst(Work child, ForeignKey key) {
		Map<String, @Nullable Object> nulls = nulls(child, key);
		if (nulls == null || child.location() == null) {
			return false;
		}
		this.first.add(new Work(child.table(), Action.UPDATE, child.key(), child.current(key.columns()), nulls));
		return true;
	}

	private static @Nullable Map<String, @Nullable Object> nulls(Work child, ForeignKey key) {
		LiveTable table = child.table();
		if (!table.keyed()) {
			return null;
		}
		for (String name : key.columns()) {
			Column column = table.column(name);
			if (column != null && !column.notNull() && !column.generated() && !table.key().contains(name)) {
				Map<String, @Nullable Object> nulls = new LinkedHashMap<>();
				nulls.put(name, null);
				return nulls;
			}
		}
		return null;
	}

	/**
	 * The work for which there is no order.
	 */
	List<Work> stuck() {
		return this.stuck;
	}

	private record Kind(Action action, long table, Set<String> columns) {
	}

	/**
	 * What comes before a piece of work.
	 *
	 * @param before what comes first
	 * @param key why, if it is a foreign key
	 * @param setting whether the work would set a reference that is not there yet
	 */
	private record Edge(Work before, @Nullable ForeignKey key, boolean setting) {
	}

}
