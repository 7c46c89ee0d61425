/**
 * The loop between the source and the store: from pgoutput messages to stitched changes,
 * each transaction handed to a {@link io.bemi.ingestion.ChangeSink} exactly once.
 */
@NullMarked
package io.bemi.ingestion;

import org.jspecify.annotations.NullMarked;
