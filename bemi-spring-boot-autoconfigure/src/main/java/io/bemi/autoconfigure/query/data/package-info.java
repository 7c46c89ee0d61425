/**
 * Offers the history as Spring Data's types: from questions to
 * {@link org.springframework.data.domain.Window}s.
 */
@NullMarked
package io.bemi.autoconfigure.query.data;

import org.jspecify.annotations.NullMarked;
