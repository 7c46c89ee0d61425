package io.bemi.worker;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.query.Json;
import io.bemi.worker.BemiWorkerProperties.Database;
import io.bemi.worker.BemiWorkerProperties.Group;
import io.bemi.worker.BemiWorkerProperties.Kafka;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanWrapperImpl;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every property has one default, whether the class or the documentation is asked, and is
 * in the metadata.
 */
class WorkerPropertyTests {

	private static final String PREFIX = "bemi.worker.";

	private static final Pattern ROW = Pattern
		.compile("\\| `(bemi\\.worker\\.[a-z.<>-]+)` \\| (?:`([^`]*)`|–) \\| (.+) \\|");

	@Test
	void classAndDocumentationAgree() throws IOException {
		Map<String, String> ofClass = new TreeMap<>();
		add(ofClass, PREFIX, new BemiWorkerProperties());
		add(ofClass, PREFIX + "databases.<name>.", new Database());
		add(ofClass, PREFIX + "databases.<name>.groups.<group>.", new Group());
		add(ofClass, PREFIX + "databases.<name>.kafka.", new Kafka());
		assertThat(documented()).isEqualTo(ofClass);
	}

	@Test
	void metadataHasThemAll() throws IOException {
		Set<String> described = new TreeSet<>();
		for (Map<String, Object> property : metadata()) {
			String name = String.valueOf(property.get("name"));
			if (name.startsWith(PREFIX)) {
				described.add(name);
			}
			assertThat(String.valueOf(property.get("description"))).endsWith(".").doesNotStartWith("The ");
		}
		assertThat(described).containsExactlyInAnyOrder(PREFIX + "name", PREFIX + "databases");
	}

	private static void add(Map<String, String> defaults, String prefix, Object bean) {
		BeanWrapperImpl properties = new BeanWrapperImpl(bean);
		for (PropertyDescriptor property : properties.getPropertyDescriptors()) {
			if (property.getWriteMethod() != null) {
				defaults.put(prefix + dashed(property.getName()),
						text(properties.getPropertyValue(property.getName())));
			}
		}
	}

	private static String dashed(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	private static String text(@Nullable Object value) {
		boolean nothing = (value instanceof Collection<?> some && some.isEmpty())
				|| (value instanceof Map<?, ?> map && map.isEmpty());
		return nothing ? "null" : String.valueOf(value);
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
