package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.function.Function;

import io.bemi.pgoutput.JsonBytes.Output;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Copies rows into a table. When a value is refused, the rows that can be stored are, and
 * the others are somebody else's matter.
 *
 * @param <T> a row
 * @param <F> the format in which rows are copied
 */
final class RowCopy<T, F extends CopyFormat> {

	private final Connection connection;

	private final String sql;

	private final Function<Output<SQLException>, F> format;

	private final Writer<T, F> writer;

	private final Refusal<T> refusal;

	/**
	 * Creates a copy.
	 * @param connection a connection in a transaction
	 * @param sql the COPY
	 * @param format its format, of what takes the pieces
	 * @param writer writes a row's values
	 * @param refusal takes what was refused
	 */
	RowCopy(Connection connection, String sql, Function<Output<SQLException>, F> format, Writer<T, F> writer,
			Refusal<T> refusal) {
		this.connection = connection;
		this.sql = sql;
		this.format = format;
		this.writer = writer;
		this.refusal = refusal;
	}

	void copy(List<T> rows) throws SQLException {
		SQLException failure = tryCopy(rows);
		if (failure == null) {
			return;
		}
		if (rows.size() > 1) {
			// Halving finds the few refused ones among thousands in few steps.
			copy(rows.subList(0, rows.size() / 2));
			copy(rows.subList(rows.size() / 2, rows.size()));
			return;
		}
		T substitute = this.refusal.substitute(rows.get(0), failure);
		if (substitute != null) {
			// Refused as well: then the other place has all there is.
			tryCopy(List.of(substitute));
		}
	}

	/**
	 * Copies rows or none.
	 * @return {@code null}, or why a value was refused
	 */
	@Nullable SQLException tryCopy(List<T> rows) throws SQLException {
		Savepoint savepoint = this.connection.setSavepoint();
		try {
			CopyIn copy = this.connection.unwrap(PGConnection.class).getCopyAPI().copyIn(this.sql);
			try {
				F out = this.format.apply(copy::writeToCopy);
				for (T row : rows) {
					this.writer.write(out, row);
					out.endRow();
				}
				out.end();
				copy.endCopy();
			}
			finally {
				if (copy.isActive()) {
					copy.cancelCopy();
				}
			}
			this.connection.releaseSavepoint(savepoint);
			return null;
		}
		catch (SQLException ex) {
			if (!StoreProblems.isPoison(ex)) {
				throw ex;
			}
			this.connection.rollback(savepoint);
			return ex;
		}
	}

	/**
	 * Writes the values of a row.
	 *
	 * @param <T> a row
	 * @param <F> the format
	 */
	@FunctionalInterface
	interface Writer<T, F> {

		/**
		 * Writes them.
		 * @throws SQLException when they cannot be sent
		 */
		void write(F out, T row) throws SQLException;

	}

	/**
	 * Takes a row of which a value was refused.
	 *
	 * @param <T> a row
	 */
	@FunctionalInterface
	interface Refusal<T> {

		/**
		 * Takes the row.
		 * @return what to store instead, or {@code null} for nothing
		 */
		@Nullable T substitute(T row, SQLException refusal) throws SQLException;

	}

}
