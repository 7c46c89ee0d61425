/**
 * Offers the history as an entity, to applications that ask for it: from the view
 * {@code bemi.changes} to {@link io.bemi.autoconfigure.query.jpa.RecordedChange}.
 */
@NullMarked
package io.bemi.autoconfigure.query.jpa;

import org.jspecify.annotations.NullMarked;
