/**
 * How long the history is kept: what is older is dropped, and every moment after it stays
 * as it was.
 */
@NullMarked
package io.bemi.store.retention;

import org.jspecify.annotations.NullMarked;
