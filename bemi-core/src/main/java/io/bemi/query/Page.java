package io.bemi.query;

import java.util.List;

import io.bemi.change.Change;
import org.jspecify.annotations.Nullable;

/**
 * Some of the changes that answer a question, and how to go on from there. Changes that
 * are recorded meanwhile neither show a change twice nor hide one.
 *
 * @param changes the changes, in the order of the question
 * @param cursor where this page ends, for {@link ChangeQuery#after(String)}: opaque, fit
 * for a URL; {@code null} when there are no changes and none were before
 * @param hasNext whether there were more changes when the page was read
 */
public record Page(List<Change> changes, @Nullable String cursor, boolean hasNext) {

	public Page {
		changes = List.copyOf(changes);
	}

}
