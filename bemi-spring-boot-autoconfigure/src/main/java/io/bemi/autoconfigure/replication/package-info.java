/**
 * Finds out where the write-ahead log is read from: from properties and the primary
 * DataSource to {@link io.bemi.replication.ReplicationSettings}.
 */
@NullMarked
package io.bemi.autoconfigure.replication;

import org.jspecify.annotations.NullMarked;
