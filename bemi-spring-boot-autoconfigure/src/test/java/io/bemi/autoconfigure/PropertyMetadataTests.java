package io.bemi.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.util.ObjectUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every property has one default, whether the class, its metadata or the documentation is
 * asked.
 */
class PropertyMetadataTests {

	private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

	private static final Path DOCUMENTATION = Path.of("../docs/configuration.md");

	private static final Path README = Path.of("../README.md");

	/** Asked by conditions only, so that it is in no class. */
	private static final String ENABLED = "bemi.enabled";

	/** Boot's own, for each endpoint. */
	private static final String ENDPOINT = "management.endpoint.bemi.";

	/** Tested in the modules that have them. */
	private static final List<String> ELSEWHERE = List.of("bemi.dashboard.", "bemi.worker.");

	/** {@code | `bemi.name` | `default` or – | description |}. */
	private static final Pattern ROW = Pattern.compile("\\| `(bemi[a-z.<>-]+)` \\| (?:`([^`]*)`|–) \\| (.+) \\|");

	private final ConversionService conversionService = new ApplicationConversionService();

	@Test
	void classAndMetadataAgree() throws IOException {
		Map<String, Property> properties = properties();
		SoftAssertions softly = new SoftAssertions();
		properties.forEach((name, property) -> {
			softly.assertThat(convert(property.metadataDefault(), property.type()))
				.as("default of '%s' in the metadata", name)
				.isEqualTo(property.classDefault());
			softly.assertThat(property.description()).as("description of '%s'", name).isNotBlank().endsWith(".");
			softly.assertThat(property.description())
				.as("description of '%s' has no leading article", name)
				.doesNotStartWithIgnoringCase("the ")
				.doesNotStartWithIgnoringCase("a ");
		});
		softly.assertAll();
	}

	@Test
	void documentationIsCompleteAndAgrees() throws IOException {
		Map<String, @Nullable String> documented = documented(DOCUMENTATION);
		assertThat(documented.keySet()).containsExactlyInAnyOrderElementsOf(properties().keySet());
		assertDefaults(documented);
	}

	@Test
	void readmeAgrees() throws IOException {
		Map<String, @Nullable String> documented = documented(README);
		assertThat(properties().keySet()).containsAll(documented.keySet());
		assertDefaults(documented);
	}

	private void assertDefaults(Map<String, @Nullable String> documented) throws IOException {
		Map<String, Property> properties = properties();
		SoftAssertions softly = new SoftAssertions();
		documented.forEach((name, value) -> {
			Property property = properties.get(name);
			softly.assertThat(convert(value, property.type()))
				.as("documented default of '%s'", name)
				.isEqualTo(property.classDefault());
		});
		softly.assertAll();
	}

	// No default is null, or an empty collection.
	private @Nullable Object convert(@Nullable String value, TypeDescriptor type) {
		Object converted = (value != null)
				? this.conversionService.convert(value, TypeDescriptor.valueOf(String.class), type) : null;
		return ObjectUtils.isEmpty(converted) ? null : converted;
	}

	private static Map<String, @Nullable String> documented(Path file) throws IOException {
		Map<String, @Nullable String> documented = new TreeMap<>();
		for (String line : Files.readAllLines(file)) {
			Matcher row = ROW.matcher(line);
			if (row.matches() && ELSEWHERE.stream().anyMatch(row.group(1)::startsWith)) {
				continue;
			}
			if (row.matches()) {
				documented.put(row.group(1), row.group(2));
			}
			else {
				assertThat(line).as("a row about a property").doesNotStartWith("| `bemi.");
			}
		}
		return documented;
	}

	private Map<String, Property> properties() throws IOException {
		Map<String, Property> properties = new TreeMap<>();
		for (JsonNode node : metadata()) {
			String name = node.path("name").asString("");
			String description = node.path("description").asString("");
			String defaultValue = text(node.path("defaultValue"));
			if (name.equals(ENABLED)) {
				TypeDescriptor type = TypeDescriptor.valueOf(Boolean.class);
				properties.put(name, new Property(type, convert(defaultValue, type), defaultValue, description));
				continue;
			}
			for (Object bean : propertiesBeans()) {
				String prefix = AnnotatedElementUtils
					.getMergedAnnotation(bean.getClass(), ConfigurationProperties.class)
					.prefix();
				String path = path(prefix, name);
				BeanWrapper wrapper = new BeanWrapperImpl(bean);
				if (path != null && wrapper.isReadableProperty(path)) {
					Object value = wrapper.getPropertyValue(path);
					properties.put(name, new Property(wrapper.getPropertyTypeDescriptor(path),
							ObjectUtils.isEmpty(value) ? null : value, defaultValue, description));
				}
			}
		}
		assertThat(properties.keySet()).as("properties found in the metadata and in a class")
			.containsExactlyInAnyOrderElementsOf(
					metadata().stream().map((node) -> node.path("name").asString("")).toList());
		return properties;
	}

	private static @Nullable String path(String prefix, String name) {
		if (!name.startsWith(prefix + ".")) {
			return null;
		}
		ConfigurationPropertyName path = ConfigurationPropertyName.of(name.substring(prefix.length() + 1));
		StringBuilder result = new StringBuilder();
		for (int element = 0; element < path.getNumberOfElements(); element++) {
			result.append((element > 0) ? "." : "");
			String[] words = path.getElement(element, ConfigurationPropertyName.Form.ORIGINAL).split("-", -1);
			for (int word = 0; word < words.length; word++) {
				result.append((word > 0)
						? words[word].substring(0, 1).toUpperCase(java.util.Locale.ROOT) + words[word].substring(1)
						: words[word]);
			}
		}
		return result.toString();
	}

	private static List<Object> propertiesBeans() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
		scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
		return scanner.findCandidateComponents("io.bemi.autoconfigure")
			.stream()
			.map((definition) -> ClassUtils.resolveClassName(definition.getBeanClassName(), null))
			.<Object>map(BeanUtils::instantiateClass)
			.toList();
	}

	private static List<JsonNode> metadata() throws IOException {
		List<JsonNode> properties = new ArrayList<>();
		if (Files.exists(METADATA)) {
			new JsonMapper().readTree(METADATA.toFile()).path("properties").forEach(properties::add);
		}
		properties.removeIf((node) -> node.path("name").asString("").startsWith(ENDPOINT));
		return properties;
	}

	private static @Nullable String text(JsonNode value) {
		if (value.isMissingNode()) {
			return null;
		}
		if (value.isArray()) {
			List<String> elements = new ArrayList<>();
			value.forEach((element) -> elements.add(element.asString("")));
			return String.join(",", elements);
		}
		return value.asString("");
	}

	/**
	 * A property with its defaults.
	 */
	private record Property(TypeDescriptor type, @Nullable Object classDefault, @Nullable String metadataDefault,
			String description) {
	}

}
