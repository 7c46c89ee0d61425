/**
 * The connection to the source's write-ahead log: from a slot to a stream of pgoutput
 * messages with their positions.
 */
@NullMarked
package io.bemi.replication;

import org.jspecify.annotations.NullMarked;
