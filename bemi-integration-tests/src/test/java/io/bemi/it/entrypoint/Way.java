package io.bemi.it.entrypoint;

/**
 * How an application writes: a column of the table that
 * {@link EntryPointIntegrationTests} goes through.
 */
enum Way {

	/** By a Spring Data repository, in a transaction. */
	JPA,

	/** By a {@code JdbcClient}, in a transaction. */
	JDBC_CLIENT,

	/** By a JDBC batch of two rows, in a transaction. */
	BATCH,

	/** By a {@code JdbcClient}, outside of any transaction. */
	AUTOCOMMIT

}
