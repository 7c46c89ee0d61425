package io.bemi.benchmarks;

/**
 * Who drains the log.
 */
enum IngestSide {

	/** pgjdbc's replication stream, whose bytes are thrown away. */
	RAW,

	/** Bemi's ingester into its store. */
	BEMI,

	/** Debezium Engine into a flat table, in a process of its own. */
	DEBEZIUM

}
