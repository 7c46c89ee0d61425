/**
 * Debezium Engine with a JDBC sink: what Bemi's ingestion is measured beside.
 */
@NullMarked
package io.bemi.benchmarks.debezium;

import org.jspecify.annotations.NullMarked;
