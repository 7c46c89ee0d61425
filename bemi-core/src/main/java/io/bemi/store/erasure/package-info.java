/**
 * What must be forgotten is taken out of the history, and out of its archives.
 */
@NullMarked
package io.bemi.store.erasure;

import org.jspecify.annotations.NullMarked;
