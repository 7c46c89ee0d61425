/**
 * From the topics of Debezium's PostgreSQL connector to the store: what consumers read is
 * kept in the store until its transaction is complete, then stitched and stored in the
 * order of commits, as if it had come from the slot's stream.
 */
@NullMarked
package io.bemi.kafka;

import org.jspecify.annotations.NullMarked;
