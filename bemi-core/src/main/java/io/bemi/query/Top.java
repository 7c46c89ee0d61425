package io.bemi.query;

import org.jspecify.annotations.Nullable;

/**
 * How many changes a group has.
 *
 * @param group what the changes have in common; {@code null} when they have no value to
 * be grouped by
 * @param value the same as a value of JSON, when they are grouped by a key of the context
 * that they have, else {@code null}: the text 42 and the number are two groups
 * @param changes how many there were, never 0
 */
public record Top(@Nullable String group, @Nullable Object value, long changes) {
}
