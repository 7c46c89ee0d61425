/**
 * Undoing what a request did: from its id to a plan, and to the todos as they were.
 */
@NullMarked
package io.bemi.sample.revert;

import org.jspecify.annotations.NullMarked;
