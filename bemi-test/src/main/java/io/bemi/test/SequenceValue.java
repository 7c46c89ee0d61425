package io.bemi.test;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.test.StateTransaction.Session;

/**
 * Where a sequence is.
 *
 * @param oid its object id
 * @param schema its schema
 * @param name its name
 * @param last its last value
 * @param called whether that value has been given out
 */
record SequenceValue(long oid, String schema, String name, long last, boolean called) {

	private static final String SEQUENCES = """
			SELECT c.oid::pg_catalog.int8, n.nspname, c.relname
			  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 WHERE c.relkind = 'S' AND n.nspname = ANY (?::pg_catalog.text[])
			 ORDER BY n.nspname, c.relname
			""";

	private static final String SET = """
			SELECT pg_catalog.setval(s.oid::pg_catalog.oid::pg_catalog.regclass, s.last, s.called)
			  FROM ROWS FROM (pg_catalog.unnest(?::pg_catalog.int8[]), pg_catalog.unnest(?::pg_catalog.int8[]),
			                 pg_catalog.unnest(?::pg_catalog.bool[])) s(oid, last, called)
			""";

	static List<SequenceValue> read(Session session) throws SQLException {
		List<SequenceValue> sequences = new ArrayList<>();
		try (PreparedStatement statement = session.connection().prepareStatement(SEQUENCES)) {
			statement.setArray(1,
					session.connection().createArrayOf("text", StateTables.schemas(session.tables()).toArray()));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					sequences.add(new SequenceValue(row.getLong(1), row.getString(2), row.getString(3), 0, false));
				}
			}
		}
		return sequences.isEmpty() ? sequences : values(session, sequences);
	}

	private static List<SequenceValue> values(Session session, List<SequenceValue> sequences) throws SQLException {
		List<String> selects = new ArrayList<>();
		for (int i = 0; i < sequences.size(); i++) {
			selects.add("SELECT " + i + ", last_value, is_called FROM "
					+ Sql.identifier(sequences.get(i).schema, sequences.get(i).name));
		}
		List<SequenceValue> values = new ArrayList<>();
		try (Statement statement = session.connection().createStatement();
				ResultSet row = statement.executeQuery(String.join(" UNION ALL ", selects))) {
			while (row.next()) {
				SequenceValue sequence = sequences.get(row.getInt(1));
				values.add(new SequenceValue(sequence.oid, sequence.schema, sequence.name, row.getLong(2),
						row.getBoolean(3)));
			}
		}
		return values;
	}

	/**
	 * Sets those that have gone on.
	 * @return how many
	 */
	static int restore(Session session, List<SequenceValue> wanted, State state) throws SQLException {
		if (wanted.isEmpty()) {
			return 0;
		}
		Map<String, SequenceValue> present = new HashMap<>();
		read(session).forEach((sequence) -> present.put(sequence.toString(), sequence));
		List<SequenceValue> changed = new ArrayList<>();
		for (SequenceValue sequence : wanted) {
			SequenceValue now = present.get(sequence.toString());
			if (now == null) {
				throw new TestStateException("The sequence " + sequence + " is gone since the state '" + state.name()
						+ "' was marked: mark it again");
			}
			if (now.last != sequence.last || now.called != sequence.called) {
				changed.add(new SequenceValue(now.oid, now.schema, now.name, sequence.last, sequence.called));
			}
		}
		if (!changed.isEmpty()) {
			set(session, changed);
		}
		return changed.size();
	}

	private static void set(Session session, List<SequenceValue> values) throws SQLException {
		try (PreparedStatement statement = session.connection().prepareStatement(SET)) {
			statement.setArray(1,
					session.connection().createArrayOf("bigint", values.stream().map(SequenceValue::oid).toArray()));
			statement.setArray(2,
					session.connection().createArrayOf("bigint", values.stream().map(SequenceValue::last).toArray()));
			statement.setArray(3,
					session.connection().createArrayOf("bool", values.stream().map(SequenceValue::called).toArray()));
			statement.execute();
		}
	}

	@Override
	public String toString() {
		return this.schema + "." + this.name;
	}

}
