/**
 * The type oracle: random tables over every type, written through any session, compared
 * with what the server's {@code to_jsonb} makes of them.
 */
@NullMarked
package io.bemi.values;

import org.jspecify.annotations.NullMarked;
