package io.bemi.test;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.bemi.test.StateTransaction.Session;

/**
 * The rows that a table has.
 *
 * @param table the table
 * @param places where they are
 * @param rows as they are printed, in the same order
 */
record PresentRows(StateTable table, List<String> places, List<String> rows) {

	private static final int FETCH_SIZE = 5_000;

	static List<PresentRows> read(Session session) throws SQLException {
		List<PresentRows> all = new ArrayList<>();
		session.tables().forEach((table) -> all.add(new PresentRows(table, new ArrayList<>(), new ArrayList<>())));
		try (Statement statement = session.connection().createStatement()) {
			statement.setEscapeProcessing(false);
			statement.setFetchSize(FETCH_SIZE);
			try (ResultSet row = statement.executeQuery(StateTables.rows(session.tables()))) {
				while (row.next()) {
					PresentRows present = all.get(row.getInt(1));
					present.places.add(row.getString(2));
					present.rows.add(row.getString(3));
				}
			}
		}
		return all;
	}

}
