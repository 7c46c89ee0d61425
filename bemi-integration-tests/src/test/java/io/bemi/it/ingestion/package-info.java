/**
 * What a whole application shows of ingestion.
 */
@NullMarked
package io.bemi.it.ingestion;

import org.jspecify.annotations.NullMarked;
