/**
 * Decodes PostgreSQL's logical replication protocol {@code pgoutput}: from the bytes of
 * one message to a record, and from a row to the JSON that {@code to_jsonb(row)} gives.
 */
@NullMarked
package io.bemi.pgoutput;

import org.jspecify.annotations.NullMarked;
