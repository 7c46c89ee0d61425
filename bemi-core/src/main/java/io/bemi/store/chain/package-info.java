/**
 * What shows that nobody has changed the history since it was written: reads the chain of
 * digests that the store keeps, and compares.
 */
@NullMarked
package io.bemi.store.chain;

import org.jspecify.annotations.NullMarked;
