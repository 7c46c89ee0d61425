/**
 * Tests of the past.
 */
@NullMarked
package io.bemi.timetravel;

import org.jspecify.annotations.NullMarked;
