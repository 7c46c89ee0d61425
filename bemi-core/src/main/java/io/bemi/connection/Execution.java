package io.bemi.connection;

import java.sql.Statement;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * An execution that the application has asked for.
 *
 * @param statement the driver's statement, or the pool's
 * @param kind what its text says about it
 * @param sql its text, {@code null} for a batch
 * @param repeatable whether the call can be made again after a failure
 * @param call executes it
 * @param cursor whether it has given out a cursor, asked after the call
 */
record Execution(Statement statement, StatementKind kind, @Nullable String sql, boolean repeatable, JdbcCall call,
		BooleanSupplier cursor) {

	Execution(Statement statement, StatementKind kind, @Nullable String sql, boolean repeatable, JdbcCall call) {
		this(statement, kind, sql, repeatable, call, () -> false);
	}

}
