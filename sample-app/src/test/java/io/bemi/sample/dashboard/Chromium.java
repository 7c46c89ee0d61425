package io.bemi.sample.dashboard;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.logging.Level;

import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The Chromium that is installed, without a window and with a new profile.
 */
final class Chromium {

	private static final String MISSING = "Chromium or its driver is not installed: run 'apt-get install chromium"
			+ " chromium-driver', or name others by -Dbemi.chromium=... and -Dbemi.chromedriver=...";

	private Chromium() {
	}

	/**
	 * Starts it. Where it is not installed the test is reported as skipped, and fails in
	 * continuous integration.
	 * @param folder holds its profile, and what it downloads in {@code downloads}
	 */
	static ChromeDriver start(Path folder) {
		Path browser = program("bemi.chromium", "/usr/bin/chromium");
		Path driver = program("bemi.chromedriver", "/usr/bin/chromedriver");
		if (!Files.isExecutable(browser) || !Files.isExecutable(driver)) {
			if ("true".equals(System.getenv("CI"))) {
				throw new IllegalStateException(MISSING);
			}
			Assumptions.abort(MISSING);
		}
		ChromeOptions options = new ChromeOptions();
		options.setBinary(browser.toFile());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en",
				"--user-data-dir=" + folder.resolve("profile"));
		options.setExperimentalOption("prefs",
				Map.of("download.default_directory", folder.resolve("downloads").toString()));
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile())
			.usingAnyFreePort()
			.withEnvironment(Map.of("TZ", "Europe/Berlin"))
			.build();
		ChromeDriver started = new ChromeDriver(service, options);
		started.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(60)).scriptTimeout(Duration.ofSeconds(60));
		return started;
	}

	private static Path program(String property, String usual) {
		return Path.of(System.getProperty(property, usual));
	}

}
