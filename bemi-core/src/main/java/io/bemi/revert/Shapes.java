package io.bemi.revert;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The sets of columns that rows have, so that each is in memory once.
 */
final class Shapes {

	private final Map<List<String>, List<String>> known = new HashMap<>();

	/**
	 * The same row, in little memory.
	 */
	Map<String, @Nullable Object> compact(Map<String, @Nullable Object> row) {
		if (row instanceof CompactRow || row.isEmpty()) {
			return row;
		}
		List<String> names = List.copyOf(row.keySet());
		List<String> shared = this.known.putIfAbsent(names, names);
		return CompactRow.of(row, (shared != null) ? shared : names);
	}

}
