/**
 * Runs ingestion with the application: from settings to a running
 * {@link io.bemi.ingestion.Ingester}.
 */
@NullMarked
package io.bemi.autoconfigure.ingestion;

import org.jspecify.annotations.NullMarked;
