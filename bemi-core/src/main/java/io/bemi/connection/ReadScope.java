package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BiFunction;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.springframework.util.Assert;

/**
 * A time on a thread during which the connections of one data source only read, and each
 * of their transactions begins with a statement of its own. What that statement sets must
 * end with the transaction, so that a connection goes back to its pool as it came.
 * <p>
 * Connections that were taken before are refused meanwhile, and so are those of other
 * wrapped data sources: they would read something else.
 */
public final class ReadScope {

	private static final ThreadLocal<@Nullable ReadScope> CURRENT = new ThreadLocal<>();

	private final DataSource dataSource;

	private final String description;

	private final String opening;

	private final List<String> parameters;

	private final String marker;

	private final BiFunction<String, SQLException, RuntimeException> refusal;

	/**
	 * Describes a scope; {@link #open} begins it.
	 * @param dataSource the wrapped data source whose connections are to be taken
	 * @param description what is read, for messages
	 * @param opening the query that each transaction begins with; its last parameter is
	 * the schema that {@link Connection#setSchema} was called with, or null
	 * @param parameters the query's other parameters
	 * @param marker a word that statements get in a comment at their end, so that the
	 * driver keeps no plans for them that others use
	 * @param refusal makes an exception of what is refused within. It is thrown as it is,
	 * for some frameworks take an {@link SQLException} for nothing found
	 */
	public ReadScope(BemiDataSource dataSource, String description, String opening, List<String> parameters,
			String marker, BiFunction<String, SQLException, RuntimeException> refusal) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		Assert.isTrue(marker.matches("\\w+"), "'marker' must be a word");
		this.dataSource = dataSource;
		this.description = description;
		this.opening = opening;
		this.parameters = List.copyOf(parameters);
		this.marker = marker;
		this.refusal = refusal;
	}

	/**
	 * The scope that the current thread is in.
	 * @return the innermost one; {@code null} outside of any
	 */
	public static @Nullable ReadScope current() {
		return CURRENT.get();
	}

	/**
	 * Makes a scope that of the current thread, for those who cannot keep a
	 * {@link Opened}.
	 * @param scope the scope, or {@code null} for none
	 */
	public static void impose(@Nullable ReadScope scope) {
		if (scope != null) {
			CURRENT.set(scope);
		}
		else {
			CURRENT.remove();
		}
	}

	/**
	 * Begins the scope on the current thread, within the one that it is in.
	 * @return to be closed by the same thread
	 */
	public Opened open() {
		ReadScope outer = CURRENT.get();
		CURRENT.set(this);
		return () -> impose(outer);
	}

	/**
	 * Refuses what a connection is asked that was not taken within the scope.
	 */
	static void refuseOthers() throws SQLException {
		ReadScope scope = CURRENT.get();
		if (scope != null) {
			throw new SQLException("This connection was taken outside of " + scope
					+ ", and would not read that: take one within, and end transactions before");
		}
	}

	/**
	 * A connection of the scope.
	 */
	Connection connection(BemiDataSource asked, Connection connection) throws SQLException {
		try {
			if (asked != this.dataSource) {
				throw new SQLException(
						asked + " is not the data source that is read within " + this + ", so that it is refused here");
			}
			return ReadConnection.proxy(connection, connection.unwrap(BaseConnection.class), this);
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	RuntimeException refusal(String message, SQLException cause) {
		return this.refusal.apply(message, cause);
	}

	String opening() {
		return this.opening;
	}

	List<String> parameters() {
		return this.parameters;
	}

	/**
	 * A statement that nobody else has the same of.
	 */
	String mark(String sql) {
		return sql + "\n/*" + this.marker + "*/";
	}

	@Override
	public String toString() {
		return this.description;
	}

	/**
	 * A scope that has begun.
	 */
	@FunctionalInterface
	public interface Opened extends AutoCloseable {

		@Override
		void close();

	}

}
