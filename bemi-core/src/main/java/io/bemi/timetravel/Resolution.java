package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Asks the store, by its function {@code moment}, what stands for a moment.
 *
 * @param <T> the answer
 */
@FunctionalInterface
interface Resolution<T> {

	T run(Connection connection, Parameters parameters) throws SQLException;

	/**
	 * What the call is given.
	 *
	 * @param moment the moment
	 * @param caughtUp whether everything is stored that has happened by now
	 * @param database the name of the application's database
	 */
	record Parameters(Moment moment, boolean caughtUp, String database) {

		void set(PreparedStatement statement, int first) throws SQLException {
			statement.setString(first, this.moment.kind());
			statement.setString(first + 1, this.moment.value());
			statement.setBoolean(first + 2, this.caughtUp);
			statement.setString(first + 3, this.database);
		}

	}

}
