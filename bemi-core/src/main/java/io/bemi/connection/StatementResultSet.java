package io.bemi.connection;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * A result that leads back to the statement that the application holds. Its rows can be
 * changed through it, which is a statement, too.
 */
final class StatementResultSet extends DelegatingResultSet {

	private final ResultSet rows;

	private final Statement owner;

	private final Statement statement;

	private final Emission emission;

	/**
	 * Creates one.
	 * @param rows the driver's result, or the pool's
	 * @param owner the statement that the application holds
	 * @param statement the one behind it
	 * @param emission what the connection owes
	 */
	StatementResultSet(ResultSet rows, Statement owner, Statement statement, Emission emission) {
		super(rows);
		this.rows = rows;
		this.owner = owner;
		this.statement = statement;
		this.emission = emission;
	}

	boolean isOf(ResultSet rows) {
		return this.rows == rows;
	}

	@Override
	public @Nullable Statement getStatement() throws SQLException {
		// Throws on a closed result.
		return (this.rows.getStatement() != null) ? this.owner : null;
	}

	@Override
	public void insertRow() throws SQLException {
		write(super::insertRow);
	}

	@Override
	public void updateRow() throws SQLException {
		write(super::updateRow);
	}

	@Override
	public void deleteRow() throws SQLException {
		write(super::deleteRow);
	}

	private void write(Write write) throws SQLException {
		if (this.rows.isClosed()) {
			write.run();
			return;
		}
		try {
			this.emission.execute(new Execution(this.statement, StatementKind.WRITE, null, false, () -> {
				write.run();
				return null;
			}));
		}
		catch (SQLException | RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new SQLException(ex);
		}
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof StatementResultSet that && this.rows.equals(that.rows));
	}

	@Override
	public int hashCode() {
		return this.rows.hashCode();
	}

	@Override
	public String toString() {
		return this.rows.toString();
	}

	private interface Write {

		void run() throws SQLException;

	}

}
