package io.bemi.sample.dashboard;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.openqa.selenium.Keys;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody who uses the page without a mouse, and who always sees where he is.
 */
final class Keyboard {

	private static final int FAR = 80;

	// What has the focus, whether that is seen, and what is in front of it.
	private static final String FOCUS = """
			const element = document.activeElement;
			if (!element || element === document.body) {
				return null;
			}
			const text = (element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent)
				.replace(/\\s+/g, ' ').trim();
			const style = getComputedStyle(element);
			const box = element.getBoundingClientRect();
			const [x, y] = [box.left + Math.min(box.width, innerWidth) / 2, box.top + Math.min(box.height, 20) / 2];
			const top = document.elementFromPoint(x, y);
			return {
				what: element.tagName.toLowerCase() + ' ' + text,
				fits: element.matches(arguments[0]) && (arguments[1] === '' || text.startsWith(arguments[1])),
				ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
				inView: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
				free: top !== null && (element.contains(top) || top.contains(element) || element.labels?.[0]?.contains(top) === true),
			};
			""";

	private final Browser browser;

	Keyboard(Browser browser) {
		this.browser = browser;
	}

	/**
	 * Goes on by Tab until something has the focus. Where it is must be seen all the way.
	 * @param css what it is
	 * @param text what its text, or that of its label, begins with; empty for any
	 */
	Keyboard tabTo(String css, String text) {
		return go(css, text, false);
	}

	/**
	 * Goes back to something.
	 */
	Keyboard tabBackTo(String css, String text) {
		return go(css, text, true);
	}

	private Keyboard go(String css, String text, boolean back) {
		StringBuilder passed = new StringBuilder();
		for (int presses = 0; presses < FAR; presses++) {
			if (back) {
				this.browser.actions().keyDown(Keys.SHIFT).sendKeys(Keys.TAB).keyUp(Keys.SHIFT).perform();
			}
			else {
				this.browser.press(Keys.TAB);
			}
			Map<String, Object> focus = focus(css, text);
			if (focus == null) {
				// The browser's own controls come between the last and the first.
				passed.append("\n(outside)");
				continue;
			}
			passed.append('\n').append(focus.get("what"));
			assertSeen(focus);
			if (Boolean.TRUE.equals(focus.get("fits"))) {
				return this;
			}
		}
		throw new AssertionError("'" + text + "' (" + css + ") is not reached by Tab, but:" + passed);
	}

	/**
	 * Presses keys, waits until nothing is being loaded, and looks where the focus is.
	 */
	Keyboard press(CharSequence... keys) {
		this.browser.press(keys);
		this.browser.rest();
		Browser.await(() -> assertThat(focus("*", "")).as("The focus is lost").isNotNull());
		assertSeen(focus("*", ""));
		return this;
	}

	/**
	 * Waits until something has the focus without further keys.
	 */
	Keyboard isAt(String css, String text) {
		Browser.await(() -> {
			Map<String, Object> focus = focus(css, text);
			assertThat(focus).isNotNull();
			assertThat(focus.get("fits")).as(String.valueOf(focus.get("what"))).isEqualTo(true);
		});
		assertSeen(focus("*", ""));
		return this;
	}

	private static void assertSeen(@Nullable Map<String, Object> focus) {
		assertThat(focus).isNotNull();
		assertThat(focus).as("Focus")
			.containsEntry("ring", true)
			.containsEntry("inView", true)
			.containsEntry("free", true);
	}

	@SuppressWarnings("unchecked")
	private @Nullable Map<String, Object> focus(String css, String text) {
		return (Map<String, Object>) this.browser.script(FOCUS, css, text);
	}

}
