/**
 * Contributes the entry to the history: from a store to {@link io.bemi.query.Changes}.
 */
@NullMarked
package io.bemi.autoconfigure.query;

import org.jspecify.annotations.NullMarked;
