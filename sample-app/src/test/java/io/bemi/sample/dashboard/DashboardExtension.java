package io.bemi.sample.dashboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openqa.selenium.chrome.ChromeDriver;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts one browser and one application for all tests, and ends them after the last.
 */
class DashboardExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(DashboardExtension.class);

	@Override
	public void beforeAll(ExtensionContext context) {
		running(context);
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		Browser browser = running(context).browser();
		browser.look(Browser.WIDE, false);
		browser.is("auditor");
	}

	@Override
	public void afterEach(ExtensionContext context) {
		if (context.getExecutionException().isEmpty()) {
			assertThat(running(context).browser().problems()).as("What the browser complains of").isEmpty();
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> type = parameter.getParameter().getType();
		return type == Browser.class || type == Sample.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Running running = running(context);
		return (parameter.getParameter().getType() == Browser.class) ? running.browser() : running.sample();
	}

	private static Running running(ExtensionContext context) {
		Store store = context.getRoot().getStore(NAMESPACE);
		return store.computeIfAbsent(Running.class, (type) -> Running.start(), Running.class);
	}

	private record Running(Path folder, ChromeDriver driver, Sample sample, Browser browser) implements AutoCloseable {

		static Running start() {
			try {
				Path folder = Files.createTempDirectory("bemi-browser");
				Path downloads = Files.createDirectory(folder.resolve("downloads"));
				ChromeDriver driver = Chromium.start(folder);
				Sample sample = Sample.start();
				return new Running(folder, driver, sample, new Browser(driver, sample.port(), downloads));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void close() throws IOException {
			this.driver.quit();
			this.sample.close();
			FileSystemUtils.deleteRecursively(this.folder);
		}

	}

}
