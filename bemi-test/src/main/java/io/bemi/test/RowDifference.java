package io.bemi.test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be written so that a table has the rows that are wanted.
 *
 * @param table the table
 * @param deleted where the rows are that are too many
 * @param inserted the rows that are missing, as they were printed
 */
record RowDifference(StateTable table, List<String> deleted, List<String> inserted) {

	/**
	 * Compares rows, of which there may be several that are the same.
	 */
	static RowDifference between(PresentRows present, List<String> wanted) {
		if (present.rows().equals(wanted)) {
			return new RowDifference(present.table(), List.of(), List.of());
		}
		Map<String, Integer> counts = new HashMap<>();
		wanted.forEach((row) -> counts.merge(row, 1, Integer::sum));
		List<String> deleted = new ArrayList<>();
		for (int i = 0; i < present.rows().size(); i++) {
			String row = present.rows().get(i);
			if (counts.getOrDefault(row, 0) > 0) {
				counts.merge(row, -1, Integer::sum);
			}
			else {
				deleted.add(present.places().get(i));
			}
		}
		List<String> inserted = new ArrayList<>();
		for (String row : wanted) {
			if (counts.getOrDefault(row, 0) > 0) {
				counts.merge(row, -1, Integer::sum);
				inserted.add(row);
			}
		}
		return new RowDifference(present.table(), deleted, inserted);
	}

	boolean isEmpty() {
		return this.deleted.isEmpty() && this.inserted.isEmpty();
	}

}
