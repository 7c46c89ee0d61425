/**
 * Faults under load: whatever is killed, stopped, cut off or away, every change is
 * recorded once, in order, with its context.
 */
@NullMarked
package io.bemi.faults;

import org.jspecify.annotations.NullMarked;
