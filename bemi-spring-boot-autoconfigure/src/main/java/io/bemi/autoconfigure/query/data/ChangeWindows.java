package io.bemi.autoconfigure.query.data;

import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Page;

import org.springframework.data.domain.KeysetScrollPosition;
import org.springframework.data.domain.ScrollPosition;
import org.springframework.data.domain.Window;
import org.springframework.util.Assert;

/**
 * Reads changes window by window, for applications with Spring Data. <pre>{@code
 * Window<Change> window = ChangeWindows.scroll(query, ScrollPosition.keyset());
 * while (window.hasNext()) {
 * 	window = ChangeWindows.scroll(query, window.positionAt(window.size() - 1));
 * }
 * }</pre>
 */
public final class ChangeWindows {

	private static final String CURSOR = "cursor";

	private ChangeWindows() {
	}

	/**
	 * Answers a question from a position on.
	 * @param query the question; its limit is the size of the window, its order the
	 * direction
	 * @param position {@link ScrollPosition#keyset()}, or a position of an earlier window
	 * @return the window
	 * @throws IllegalArgumentException when the position is none of these
	 */
	public static Window<Change> scroll(ChangeQuery query, ScrollPosition position) {
		Assert.isInstanceOf(KeysetScrollPosition.class, position,
				"'position' must be a keyset position: an offset would move while changes are recorded");
		KeysetScrollPosition keyset = (KeysetScrollPosition) position;
		Assert.isTrue(keyset.scrollsForward(),
				"'position' must scroll forward: to go back, ask in the other order (oldestFirst())");
		Object cursor = keyset.getKeys().get(CURSOR);
		Page page = query.after((cursor != null) ? cursor.toString() : null).page();
		List<Change> changes = page.changes();
		return Window.from(changes,
				(index) -> ScrollPosition.forward(Map.of(CURSOR, query.cursorOf(changes.get(index)))), page.hasNext());
	}

}
