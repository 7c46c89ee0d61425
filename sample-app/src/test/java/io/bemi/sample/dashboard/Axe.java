package io.bemi.sample.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks with axe-core whether everybody can use a page.
 */
final class Axe {

	private static final String RUN = """
			const done = arguments[arguments.length - 1];
			axe.run(document, { resultTypes: ['violations'] }).then(
				(found) => done(found.violations.flatMap((violation) => violation.nodes.map((node) =>
					`${violation.id} (${violation.impact}): ${node.target.join(' ')}: ${node.failureSummary}`))),
				(error) => done([String(error)]));
			""";

	private final String script;

	Axe() {
		try (InputStream in = Axe.class.getResourceAsStream("/axe.min.js")) {
			if (in == null) {
				throw new IllegalStateException("There is no axe.min.js in the class path");
			}
			this.script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void check(Browser browser, String screen) {
		if (browser.script("return typeof axe") instanceof String type && type.equals("undefined")) {
			browser.script(this.script);
		}
		assertThat((List<?>) browser.driver().executeAsyncScript(RUN)).as(screen).isEmpty();
	}

}
