/**
 * Tests of the baseline as a whole: processes that are killed, tables that are written
 * to, and what the history then says that they held.
 */
@NullMarked
package io.bemi.baseline;

import org.jspecify.annotations.NullMarked;
