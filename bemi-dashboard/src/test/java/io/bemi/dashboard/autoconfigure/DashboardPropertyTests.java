package io.bemi.dashboard.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.query.Json;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanWrapperImpl;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every property has one default, whether the class, its metadata or the documentation is
 * asked.
 */
class DashboardPropertyTests {

	private static final String PREFIX = "bemi.dashboard.";

	private static final Pattern ROW = Pattern
		.compile("\\| `(bemi\\.dashboard\\.[a-z-]+)` \\| (?:`([^`]*)`|–) \\| (.+) \\|");

	@Test
	void classMetadataAndDocumentationAgree() throws IOException {
		Map<String, String> ofClass = new TreeMap<>();
		Map<String, String> ofMetadata = new TreeMap<>();
		for (Map<String, Object> property : metadata()) {
			String name = String.valueOf(property.get("name"));
			ofMetadata.put(name, String.valueOf(property.get("defaultValue")));
			ofClass.put(name, classDefault(name.substring(PREFIX.length())));
			assertThat(String.valueOf(property.get("description"))).as(name).endsWith(".").doesNotStartWith("The ");
		}
		assertThat(ofMetadata).as("metadata").isEqualTo(ofClass);
		assertThat(documented()).as("documentation").isEqualTo(ofClass);
	}

	private static String classDefault(String name) {
		StringBuilder property = new StringBuilder();
		for (String word : name.split("-", -1)) {
			property.append(property.isEmpty() ? word
					: word.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + word.substring(1));
		}
		Object value = new BeanWrapperImpl(new BemiDashboardProperties()).getPropertyValue(property.toString());
		return (value instanceof Enum<?> constant) ? constant.name().toLowerCase(java.util.Locale.ROOT)
				: String.valueOf(value);
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> metadata() throws IOException {
		String text = Files.readString(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));
		return (List<Map<String, Object>>) Objects.requireNonNull(Json.readObject(text).get("properties"));
	}

	private static Map<String, String> documented() throws IOException {
		Map<String, String> documented = new TreeMap<>();
		for (String line : Files.readAllLines(Path.of("../docs/configuration.md"))) {
			Matcher row = ROW.matcher(line);
			if (row.matches()) {
				documented.put(row.group(1), String.valueOf(row.group(2)));
			}
		}
		return documented;
	}

}
