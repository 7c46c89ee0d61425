package io.bemi.replay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.bemi.testsupport.TestDatabase;

/**
 * A change as a trigger saw it.
 *
 * @param number its number; for one table numbers have the order of changes
 * @param transaction the transaction's id
 * @param relation the table's object id
 * @param name schema and table
 * @param operation what happened
 * @param old the row before
 * @param current the row after
 * @param columns the numbers of the columns by their names
 * @param published whether the table was in the publication
 * @param partition whether the row is in a partition
 */
record Truth(long number, long transaction, long relation, String name, String operation, Map<String, String> old,
		Map<String, String> current, Map<String, Integer> columns, boolean published, boolean partition) {

	private static final String CHANGES = """
			SELECT number, transaction, relation, name, operation, %s, %s, %s, published, partition
			  FROM shadow.change ORDER BY number
			""".formatted(Image.sql("old"), Image.sql("new"), Image.sql("columns"));

	static List<Truth> all(TestDatabase database) throws SQLException {
		List<Truth> changes = new ArrayList<>();
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(CHANGES)) {
			while (row.next()) {
				changes.add(new Truth(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4),
						row.getString(5), Image.read(row, 6), Image.read(row, 7), Image.readNumbers(row, 8),
						row.getBoolean(9), row.getBoolean(10)));
			}
		}
		return changes;
	}

	/**
	 * The same with other numbers of the columns: the trigger of a transaction with an
	 * old snapshot does not see what the table has been made since.
	 */
	Truth with(Map<String, Integer> others) {
		Map<String, Integer> there = new TreeMap<>(others);
		// The rest was dropped.
		there.keySet().removeIf((name) -> !this.current.containsKey(name) && !this.old.containsKey(name));
		return new Truth(this.number, this.transaction, this.relation, this.name, this.operation, this.old,
				this.current, there, this.published, this.partition);
	}

	/**
	 * Whether the history tells nothing else about the change.
	 */
	boolean agrees(Recorded change, Touches touches) {
		return change.relation() == this.relation && change.operation().equals(this.operation)
				&& isNamed(change.name(), touches) && agrees(this.current, change.values(), change.unknown())
				&& agrees(this.old, change.before(), change.unknown())
				&& change.changed().equals(changed(change.unknown()));
	}

	/**
	 * Somebody else may rename a table while a transaction writes to its partition.
	 */
	private boolean isNamed(String recorded, Touches touches) {
		return recorded.equals(this.name) || (this.partition && touches.hasHadName(this.relation, recorded));
	}

	private static boolean agrees(Map<String, String> truth, Map<String, String> told, Set<String> unknown) {
		for (Map.Entry<String, String> column : truth.entrySet()) {
			String value = told.get(column.getKey());
			if (!((value != null) ? value.equals(column.getValue()) : unknown.contains(column.getKey()))) {
				return false;
			}
		}
		return truth.keySet().containsAll(told.keySet());
	}

	private Set<String> changed(Set<String> unknown) {
		Set<String> changed = new TreeSet<>();
		if (this.operation.equals("UPDATE")) {
			this.current.forEach((name, value) -> {
				if (!unknown.contains(name) && !Objects.equals(this.old.get(name), value)) {
					changed.add(name);
				}
			});
		}
		return changed;
	}

	@Override
	public String toString() {
		return "%d: %s of %s in transaction %d%n  values  %s%n  before  %s".formatted(this.number, this.operation,
				this.name, this.transaction, Image.abbreviated(this.current), Image.abbreviated(this.old));
	}

}
