package io.bemi.test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.test.StateTransaction.Session;

/**
 * A state: the rows of all tables, and possibly the values of sequences.
 *
 * @param name its name
 * @param database identifies the database
 * @param databaseName the name of the database
 * @param content the rows by the name of their table
 * @param sequences the sequences; none when they do not belong to it
 * @param moment when the database was last in it
 */
record State(String name, String database, String databaseName, Map<String, Content> content,
		List<SequenceValue> sequences, Moment moment) {

	static State of(String name, Session session, boolean sequences, Collection<State> others) throws SQLException {
		Map<String, Content> content = new LinkedHashMap<>();
		for (PresentRows present : PresentRows.read(session)) {
			content.put(present.table().toString(), shared(new Content(present.table(), present.rows()), others));
		}
		return new State(name, session.database(), session.databaseName(), content,
				sequences ? SequenceValue.read(session) : List.of(), session.moment());
	}

	/**
	 * Rows that are in memory already, where they are the same.
	 */
	private static Content shared(Content content, Collection<State> others) {
		for (State other : others) {
			Content same = other.content.get(content.table().toString());
			if (same != null && same.equals(content)) {
				return same;
			}
		}
		return content;
	}

	State at(Moment now) {
		return new State(this.name, this.database, this.databaseName, this.content, this.sequences, now);
	}

	StateMove restore(Session session) throws SQLException {
		check(session);
		int deleted = 0;
		int inserted = 0;
		List<RowDifference> differences = new ArrayList<>();
		for (PresentRows present : PresentRows.read(session)) {
			Content wanted = this.content.get(present.table().toString());
			if (wanted == null) {
				throw new TestStateException("The table " + present.table() + " was not there, or not tracked, when the"
						+ " state '" + this.name + "' was marked: mark it again");
			}
			RowDifference difference = RowDifference.between(present, wanted.rows());
			if (!difference.isEmpty()) {
				differences.add(difference);
				deleted += difference.deleted().size();
				inserted += difference.inserted().size();
			}
		}
		Set<String> tables = new LinkedHashSet<>();
		differences.forEach((difference) -> tables.add(difference.table().toString()));
		if (!differences.isEmpty()) {
			new StateWriter(session).write(differences);
		}
		return new StateMove(this.name, deleted, inserted, tables,
				SequenceValue.restore(session, this.sequences, this));
	}

	private void check(Session session) {
		if (!session.database().equals(this.database)) {
			throw new TestStateException("The state '" + this.name + "' is one of the database " + this.databaseName
					+ ", and not of " + session.databaseName()
					+ ", to which the data source leads now, or which was made anew: mark it again");
		}
		Map<String, StateTable> tables = new LinkedHashMap<>();
		session.tables().forEach((table) -> tables.put(table.toString(), table));
		this.content.forEach((name, marked) -> {
			StateTable table = tables.get(name);
			if (table == null) {
				throw new TestStateException(
						"The table " + name + " is gone, or not tracked any more, since the state '" + this.name
								+ "' was marked: mark it again");
			}
			if (!table.shape().equals(marked.table().shape())) {
				throw new TestStateException(
						"The table " + name + " has been altered since the state '" + this.name + "' was marked, from ("
								+ marked.table().shape() + ") to (" + table.shape() + "): mark it again");
			}
		});
		for (StateTable table : session.tables()) {
			if (!this.content.containsKey(table.toString())) {
				throw new TestStateException("The table " + table + " was not there, or not tracked, when the state '"
						+ this.name + "' was marked: mark it again");
			}
		}
	}

	/**
	 * The rows of a table.
	 *
	 * @param table the table
	 * @param rows the rows as they were printed
	 */
	record Content(StateTable table, List<String> rows) {
	}

}
