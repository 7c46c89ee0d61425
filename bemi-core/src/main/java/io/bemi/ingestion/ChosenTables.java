package io.bemi.ingestion;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

import io.bemi.tracking.ColumnRules;
import io.bemi.tracking.ColumnRules.ColumnName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers, and says once, which columns of which tables the rules are about.
 */
final class ChosenTables {

	private static final Logger logger = LoggerFactory.getLogger(ChosenTables.class);

	private final Map<Integer, TableColumns> tables = new ConcurrentSkipListMap<>();

	/** What was said of rules. */
	private final Set<String> unmatched = new HashSet<>();

	void note(TrackedRelation relation) {
		TableColumns columns = TableColumns.of(relation);
		TableColumns before = columns.isEmpty() ? this.tables.remove(relation.relation().oid())
				: this.tables.put(relation.relation().oid(), columns);
		if (!columns.isEmpty() && !columns.equals(before)) {
			logger.info("Columns of table {}", columns);
		}
	}

	/**
	 * Takes note of all tables that there are.
	 * @param rules the rules, of which some may be about none of them
	 */
	void note(List<TrackedRelation> relations, ColumnRules rules) {
		relations.forEach(this::note);
		Set<String> unmatched = rules.unmatched(relations.stream()
			.flatMap((relation) -> relation.described()
				.stream()
				.map((column) -> new ColumnName(relation.relation().schema(), relation.relation().name(),
						column.name())))
			.toList());
		unmatched.removeAll(this.unmatched);
		this.unmatched.addAll(unmatched);
		if (!unmatched.isEmpty()) {
			logger.warn("No column of a published table is named by {}: if they are misspelt, columns are recorded"
					+ " that should not be", unmatched);
		}
	}

	List<TableColumns> all() {
		return List.copyOf(this.tables.values());
	}

}
