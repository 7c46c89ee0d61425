package io.bemi.ingestion;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers, and says once, which columns of which tables the rules are about.
 */
final class ChosenTables {

	private static final Logger logger = LoggerFactory.getLogger(ChosenTables.class);

	private final Map<Integer, TableColumns> tables = new ConcurrentSkipListMap<>();

	void note(TrackedRelation relation) {
		TableColumns columns = TableColumns.of(relation);
		TableColumns before = columns.isEmpty() ? this.tables.remove(relation.relation().oid())
				: this.tables.put(relation.relation().oid(), columns);
		if (!columns.isEmpty() && !columns.equals(before)) {
			logger.info("Columns of table {}", columns);
		}
	}

	List<TableColumns> all() {
		return List.copyOf(this.tables.values());
	}

}
