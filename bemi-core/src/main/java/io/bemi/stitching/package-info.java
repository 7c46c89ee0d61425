/**
 * Gives each row of a transaction its context: from the positions of rows and messages to
 * the order in which a message covers the rows before it.
 */
@NullMarked
package io.bemi.stitching;

import org.jspecify.annotations.NullMarked;
