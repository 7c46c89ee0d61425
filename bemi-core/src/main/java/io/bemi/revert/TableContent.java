package io.bemi.revert;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table, to which changes are applied one by one.
 */
final class TableContent {

	private final LiveTable table;

	private final Map<Object, Deque<Map<String, @Nullable Object>>> rows = new LinkedHashMap<>();

	TableContent(LiveTable table, List<Map<String, @Nullable Object>> rows) {
		this.table = table;
		rows.forEach(this::add);
	}

	void apply(Change change) {
		if (change.operation() == Operation.TRUNCATE) {
			this.rows.clear();
			return;
		}
		if (change.operation() != Operation.CREATE) {
			Deque<Map<String, @Nullable Object>> same = this.rows.get(key(change.before()));
			if (same != null) {
				same.poll();
			}
		}
		if (change.operation() != Operation.DELETE) {
			add(change.values());
		}
	}

	private void add(Map<String, @Nullable Object> row) {
		this.rows.computeIfAbsent(key(row), (key) -> new ArrayDeque<>(1)).add(row);
	}

	private Object key(Map<String, @Nullable Object> row) {
		List<Object> key = this.table.keyed() ? Rows.tuple(row, this.table.key()) : null;
		return (key != null) ? key : row;
	}

	List<Map<String, @Nullable Object>> rows() {
		List<Map<String, @Nullable Object>> all = new ArrayList<>();
		this.rows.values().forEach(all::addAll);
		return all;
	}

}
