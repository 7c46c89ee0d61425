package io.bemi.revert;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What keeps records together: foreign keys, and what must be unique.
 */
final class Links {

	private Links() {
	}

	/**
	 * The columns of a table that constraints are about.
	 */
	static Set<String> columns(LiveTable table) {
		Set<String> columns = new LinkedHashSet<>();
		table.references().forEach((key) -> columns.addAll(key.columns()));
		table.referenced().forEach((key) -> columns.addAll(key.parentColumns()));
		table.uniques().forEach((unique) -> columns.addAll(unique.columns()));
		return columns;
	}

}
