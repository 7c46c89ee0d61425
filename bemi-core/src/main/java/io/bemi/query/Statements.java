package io.bemi.query;

import java.util.List;

import org.springframework.jdbc.core.RowMapper;

/**
 * Runs the statements that a question takes.
 */
@FunctionalInterface
interface Statements {

	<T> List<T> query(Sql sql, RowMapper<T> mapper);

}
