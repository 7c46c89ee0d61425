package io.bemi.query;

import org.jspecify.annotations.Nullable;

/**
 * How many changes a group has.
 *
 * @param group what the changes have in common; {@code null} when they have no value to
 * be grouped by
 * @param changes how many there were, never 0
 */
public record Top(@Nullable String group, long changes) {
}
