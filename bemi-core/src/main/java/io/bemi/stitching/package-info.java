/**
 * Gives each row of a transaction its context: from the positions of rows and messages to
 * the number of the message that covers the row.
 */
@NullMarked
package io.bemi.stitching;

import org.jspecify.annotations.NullMarked;
