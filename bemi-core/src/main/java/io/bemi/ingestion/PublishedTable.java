package io.bemi.ingestion;

/**
 * A table that is published now.
 *
 * @param relation the table as the stream will describe it
 * @param partitioned whether its rows lie in partitions
 */
record PublishedTable(TrackedRelation relation, boolean partitioned) {
}
