package io.bemi.revert;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Cuts work into pieces of which each is one statement.
 */
final class Batches {

	private Batches() {
	}

	static List<List<Work>> byTable(List<Work> works, int size) {
		return by(works, size, Work::table);
	}

	/**
	 * Pieces of consecutive work that has something in common.
	 */
	static List<List<Work>> by(List<Work> works, int size, Function<Work, Object> common) {
		List<List<Work>> batches = new ArrayList<>();
		List<Work> batch = new ArrayList<>();
		Object shared = null;
		for (Work work : works) {
			Object own = common.apply(work);
			if (!batch.isEmpty() && (batch.size() >= size || !own.equals(shared))) {
				batches.add(batch);
				batch = new ArrayList<>();
			}
			shared = own;
			batch.add(work);
		}
		if (!batch.isEmpty()) {
			batches.add(batch);
		}
		return batches;
	}

}
