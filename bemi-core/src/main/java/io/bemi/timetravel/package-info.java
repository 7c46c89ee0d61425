/**
 * The past: from the recorded history and a moment to the rows that there were, as values
 * or to the application's own queries.
 */
@NullMarked
package io.bemi.timetravel;

import org.jspecify.annotations.NullMarked;
