package io.bemi.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * Changes, or what is told of them, as they are fetched, some at a time. In a transaction
 * of the thread's if there is one, else in a read-only one of its own.
 *
 * @param <T> what a row becomes
 */
final class ChangeStream<T> extends AbstractSpliterator<T> implements AutoCloseable {

	private static final int FETCH_SIZE = 500;

	private final DataSource dataSource;

	private final Connection connection;

	private final RowMaker<T> maker;

	private final boolean own;

	private final boolean readOnly;

	private @Nullable PreparedStatement statement;

	private @Nullable ResultSet rows;

	private boolean closed;

	private ChangeStream(DataSource dataSource, Connection connection, RowMaker<T> maker) throws SQLException {
		super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
		this.dataSource = dataSource;
		this.connection = connection;
		this.maker = maker;
		this.own = connection.getAutoCommit();
		this.readOnly = connection.isReadOnly();
	}

	static <T> Stream<T> open(DataSource dataSource, Preparation preparation, RowMaker<T> maker, int timeoutSeconds)
			throws SQLException {
		Connection connection = DataSourceUtils.getConnection(dataSource);
		ChangeStream<T> changes;
		try {
			changes = new ChangeStream<>(dataSource, connection, maker);
		}
		catch (SQLException | RuntimeException ex) {
			DataSourceUtils.releaseConnection(connection, dataSource);
			throw ex;
		}
		try {
			changes.execute(preparation, timeoutSeconds);
		}
		catch (SQLException | RuntimeException ex) {
			changes.close();
			throw ex;
		}
		return StreamSupport.stream(changes, false).onClose(changes::close);
	}

	private void execute(Preparation preparation, int timeoutSeconds) throws SQLException {
		if (this.own) {
			if (!this.readOnly) {
				this.connection.setReadOnly(true);
			}
			this.connection.setAutoCommit(false);
		}
		PreparedStatement prepared = preparation.prepare(this.connection);
		this.statement = prepared;
		prepared.setFetchSize(FETCH_SIZE);
		prepared.setQueryTimeout(timeoutSeconds);
		this.rows = prepared.executeQuery();
	}

	@Override
	public boolean tryAdvance(Consumer<? super T> action) {
		ResultSet open = this.rows;
		if (this.closed || open == null) {
			return false;
		}
		T change;
		try {
			if (!open.next()) {
				return false;
			}
			change = this.maker.make(open);
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("Changes could not be fetched", ex);
		}
		action.accept(change);
		return true;
	}

	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		closeQuietly(this.rows);
		closeQuietly(this.statement);
		if (this.own) {
			restore();
		}
		DataSourceUtils.releaseConnection(this.connection, this.dataSource);
	}

	private void restore() {
		try {
			this.connection.rollback();
			this.connection.setAutoCommit(true);
			if (!this.readOnly) {
				this.connection.setReadOnly(false);
			}
		}
		catch (SQLException ex) {
			// The connection is broken, which its pool will find out.
		}
	}

	private static void closeQuietly(@Nullable AutoCloseable closeable) {
		try {
			if (closeable != null) {
				closeable.close();
			}
		}
		catch (Exception ex) {
			// Nothing depends on it any more.
		}
	}

	/**
	 * Prepares the statement.
	 */
	interface Preparation {

		PreparedStatement prepare(Connection connection) throws SQLException;

	}

	/**
	 * Makes something of a row.
	 *
	 * @param <T> what
	 */
	interface RowMaker<T> {

		T make(ResultSet row) throws SQLException;

	}

}
