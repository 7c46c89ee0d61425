package io.bemi.connection;

import java.sql.Connection;

import io.bemi.testsupport.TestDatabase;

/**
 * A conversation to hold twice, over a plain and over a proxied connection.
 */
@FunctionalInterface
interface Scenario {

	void run(Connection connection, Trace trace, TestDatabase database) throws Exception;

}
