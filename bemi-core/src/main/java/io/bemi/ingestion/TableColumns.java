package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a table that are not recorded as they are, as the rules choose them.
 *
 * @param schema the table's schema
 * @param table its name
 * @param excluded the columns whose values are left out
 * @param masked the columns whose values are replaced
 * @param ignored the columns of which an UPDATE is not recorded that changes nothing else
 */
public record TableColumns(String schema, String table, List<String> excluded, List<String> masked,
		List<String> ignored) {

	public TableColumns {
		excluded = List.copyOf(excluded);
		masked = List.copyOf(masked);
		ignored = List.copyOf(ignored);
	}

	static TableColumns of(TrackedRelation relation) {
		List<String> excluded = new ArrayList<>();
		List<String> masked = new ArrayList<>();
		for (int i = 0; i < relation.described().size(); i++) {
			String name = relation.described().get(i).name();
			if (relation.treatments().get(i) != null) {
				(relation.relation().indexOf(name) < 0 ? excluded : masked).add(name);
			}
		}
		return new TableColumns(relation.relation().schema(), relation.relation().name(), excluded, masked,
				relation.ignored().stream().sorted().toList());
	}

	boolean isEmpty() {
		return this.excluded.isEmpty() && this.masked.isEmpty() && this.ignored.isEmpty();
	}

	@Override
	public String toString() {
		return this.schema + "." + this.table + ": left out " + this.excluded + ", masked " + this.masked
				+ ", ignored where nothing else changes " + this.ignored;
	}

}
