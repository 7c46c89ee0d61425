/**
 * Months of the history in files: written before they are dropped, read again, and
 * brought back.
 */
@NullMarked
package io.bemi.store.archive;

import org.jspecify.annotations.NullMarked;
