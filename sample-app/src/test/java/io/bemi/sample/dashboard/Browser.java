package io.bemi.sample.dashboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A browser in which somebody uses the dashboard: waits for what is to be there, and
 * names things as who looks at them would.
 */
final class Browser {

	static final int WIDE = 1280;

	static final int NARROW = 360;

	private static final Duration AT_MOST = Duration.ofSeconds(20);

	// The first that is seen and has the text; a control has that of its label.
	private static final String FIND = """
			const text = (element) => (element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent)
				.replace(/\\s+/g, ' ').trim();
			const all = [...document.querySelectorAll(arguments[0])].filter((element) => element.checkVisibility());
			return all.find((element) => text(element) === arguments[1]) ?? all.find((element) => text(element).startsWith(arguments[1])) ?? null;
			""";

	private static final String TEXTS = """
			return [...document.querySelectorAll(arguments[0])].filter((element) => element.checkVisibility())
				.map((element) => element.innerText.replace(/\\s+/g, ' ').trim());
			""";

	private static final String RESTS = """
			return document.readyState === 'complete' && !document.querySelector('.loading, [aria-busy="true"]');
			""";

	private final Set<String> signedIn = new HashSet<>();

	private final ChromeDriver driver;

	private final int port;

	private final Path downloads;

	private String origin = "";

	Browser(ChromeDriver driver, int port, Path downloads) {
		this.driver = driver;
		this.port = port;
		this.downloads = downloads;
	}

	ChromeDriver driver() {
		return this.driver;
	}

	/**
	 * From now on is somebody, or nobody where the name is. Each has an origin of his
	 * own, as a browser forgets no password.
	 */
	void is(@Nullable String user) {
		this.origin = "http://" + ((user != null) ? user : "nobody") + ".localhost:" + this.port;
		if (user != null && this.signedIn.add(user)) {
			this.driver.get("http://" + user + ":secret@" + user + ".localhost:" + this.port + "/todos");
		}
		this.driver.get("about:blank");
		problems();
	}

	/**
	 * Opens a page, and waits until it has loaded what it shows.
	 */
	void open(String path) {
		this.driver.get(this.origin + path);
		rest();
	}

	/**
	 * Waits until nothing is being loaded.
	 */
	void rest() {
		await(() -> assertThat(this.driver.executeScript(RESTS)).isEqualTo(true));
	}

	static void await(ThrowingCallable assertion) {
		Awaitility.await().atMost(AT_MOST).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion::call);
	}

	private static <T> T await(Supplier<@Nullable T> supplier, String what) {
		return Awaitility.await(what)
			.atMost(AT_MOST)
			.pollInterval(Duration.ofMillis(50))
			.ignoreExceptionsInstanceOf(StaleElementReferenceException.class)
			.until(supplier::get, (found) -> found != null);
	}

	WebElement find(String css) {
		return await(() -> this.driver.findElements(By.cssSelector(css))
			.stream()
			.filter(WebElement::isDisplayed)
			.findFirst()
			.orElse(null), css);
	}

	/**
	 * The one with a text, or a label, or whose text begins so.
	 */
	WebElement find(String css, String text) {
		return await(() -> (WebElement) this.driver.executeScript(FIND, css, text), css + " '" + text + "'");
	}

	void click(String css, String text) {
		await(() -> {
			find(css, text).click();
			return true;
		}, css + " '" + text + "'");
		rest();
	}

	void click(String text) {
		click("a, button, summary, label", text);
	}

	/**
	 * Types into a field as it is, and leaves it by Enter.
	 */
	void type(String label, String text) {
		WebElement field = find("input, textarea", label);
		field.sendKeys(Keys.chord(Keys.CONTROL, "a"), text, Keys.ENTER);
		rest();
	}

	void choose(String label, String option) {
		WebElement select = find("select", label);
		await(() -> select.findElements(By.tagName("option"))
			.stream()
			.filter((one) -> one.getText().equals(option))
			.findFirst()
			.orElse(null), option).click();
		rest();
	}

	/**
	 * What is seen of each.
	 */
	@SuppressWarnings("unchecked")
	List<String> texts(String css) {
		return (List<String>) script(TEXTS, css);
	}

	void awaitTexts(String css, String... texts) {
		await(() -> assertThat(texts(css)).containsExactly(texts));
	}

	void awaitText(String css, String part) {
		await(() -> assertThat(String.join("\n", texts(css))).contains(part));
	}

	/**
	 * Where it is, decoded, without the host.
	 */
	String address() {
		String url = URLDecoder.decode(String.valueOf(this.driver.getCurrentUrl()), StandardCharsets.UTF_8);
		return url.replace(this.origin, "");
	}

	@Nullable Object script(String script, @Nullable Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	Actions actions() {
		return new Actions(this.driver);
	}

	void press(CharSequence... keys) {
		actions().sendKeys(keys).perform();
	}

	/**
	 * What the browser has complained of since it was asked last: errors, warnings, and
	 * what a policy has forbidden.
	 */
	List<String> problems() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.map(LogEntry::toString)
			.filter((entry) -> !entry.contains("[INFO]") && !entry.contains("[DEBUG]"))
			.toList();
	}

	/**
	 * Sets the width of the page, and whether who looks likes it dark.
	 */
	void look(int width, boolean dark) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", 860, "deviceScaleFactor", 1, "mobile", false));
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
						Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
	}

	/**
	 * Lets the page's scripts reach the clipboard, to see what has been copied.
	 */
	String clipboard() {
		this.driver.executeCdpCommand("Browser.grantPermissions",
				Map.of("permissions", List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
		return String.valueOf(this.driver.executeAsyncScript(
				"navigator.clipboard.readText().then(arguments[0], (error) => arguments[0](String(error)))"));
	}

	/**
	 * The content of the file that is downloaded next, or has been.
	 */
	String downloaded(String suffix) {
		Path file = await(() -> {
			try (var files = Files.list(this.downloads)) {
				return files.filter((one) -> one.toString().endsWith(suffix)).findFirst().orElse(null);
			}
			catch (IOException ex) {
				return null;
			}
		}, "A file '*" + suffix + "'");
		try {
			String content = Files.readString(file);
			Files.delete(file);
			return content;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A picture of the page.
	 * @param height how much of it, at most
	 */
	byte[] picture(int width, int height) {
		long whole = ((Number) script("return document.documentElement.scrollHeight")).longValue();
		Map<String, Object> answer = this.driver.executeCdpCommand("Page.captureScreenshot",
				Map.of("format", "png", "captureBeyondViewport", true, "clip",
						Map.of("x", 0, "y", 0, "width", width, "height", Math.min(whole, height), "scale", 1)));
		return Base64.getDecoder().decode(String.valueOf(answer.get("data")));
	}

}
