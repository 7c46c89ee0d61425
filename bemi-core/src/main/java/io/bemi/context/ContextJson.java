package io.bemi.context;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.jspecify.annotations.Nullable;

/**
 * JSON that every server can take: ASCII only, because a database may be LATIN1; no NUL
 * and no half of a surrogate pair, which {@code jsonb} refuses; sensitive keys masked.
 */
final class ContextJson {

	static final String MASKED = "[masked]";

	private static final char REPLACEMENT = '\uFFFD';

	// Our own, never the application's: what is recorded must not change with its setup.
	private static final JsonMapper MAPPER = mapper();

	private final List<String> masks;

	ContextJson(Collection<String> masks) {
		this.masks = masks.stream().map((mask) -> mask.toLowerCase(Locale.ROOT)).toList();
	}

	private static JsonMapper mapper() {
		JsonMapper parser = JsonMapper.builder()
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.build();
		parser.getFactory()
			.setStreamReadConstraints(StreamReadConstraints.builder()
				.maxNumberLength(Integer.MAX_VALUE)
				.maxStringLength(Integer.MAX_VALUE)
				.build());
		SimpleModule trees = new SimpleModule() {
			@Override
			public void setupModule(SetupContext context) {
				context.addSerializers(new JsonTrees(parser));
			}
		};
		return JsonMapper.builder()
			.addModules(new JavaTimeModule(), new Jdk8Module(), trees)
			.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
			.disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.enable(JsonWriteFeature.ESCAPE_NON_ASCII)
			.build();
	}

	/**
	 * Renders the value of a key.
	 * @throws ContextException when the value has no JSON form
	 */
	String render(String key, @Nullable Object value) {
		if (isMasked(key)) {
			return write(TextNode.valueOf(MASKED));
		}
		try {
			return write(clean(MAPPER.valueToTree(value)));
		}
		catch (RuntimeException | LinkageError | StackOverflowError ex) {
			throw new ContextException("The value of '" + printable(key) + "' has no JSON form", ex);
		}
	}

	// Keys may come from a request's parameters: nothing that forges or floods a log.
	static String printable(String key) {
		String text = key.replaceAll("\\p{Cntrl}", "?");
		return (text.length() > 64) ? text.substring(0, 64) + "..." : text;
	}

	/**
	 * A quoted key, or string value.
	 */
	static String quote(String text) {
		return write(TextNode.valueOf(clean(text)));
	}

	static String join(Map<String, String> members) {
		StringBuilder json = new StringBuilder("{");
		members.forEach((key, value) -> {
			if (json.length() > 1) {
				json.append(',');
			}
			json.append(quote(key)).append(':').append(value);
		});
		return json.append('}').toString();
	}

	private static String write(JsonNode node) {
		try {
			return MAPPER.writeValueAsString(node);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private boolean isMasked(String key) {
		String lowerCase = key.toLowerCase(Locale.ROOT);
		return this.masks.stream().anyMatch(lowerCase::contains);
	}

	private JsonNode clean(JsonNode node) {
		if (node instanceof ObjectNode object) {
			ObjectNode clean = MAPPER.createObjectNode();
			object.properties().forEach((member) -> {
				JsonNode value = isMasked(member.getKey()) ? TextNode.valueOf(MASKED) : clean(member.getValue());
				clean.set(clean(member.getKey()), value);
			});
			return clean;
		}
		if (node instanceof ArrayNode array) {
			ArrayNode clean = MAPPER.createArrayNode();
			array.forEach((element) -> clean.add(clean(element)));
			return clean;
		}
		return node.isTextual() ? TextNode.valueOf(clean(node.textValue())) : node;
	}

	private static String clean(String text) {
		StringBuilder clean = null;
		for (int i = 0; i < text.length(); i++) {
			if (isStorable(text, i)) {
				continue;
			}
			if (clean == null) {
				clean = new StringBuilder(text);
			}
			clean.setCharAt(i, REPLACEMENT);
		}
		return (clean != null) ? clean.toString() : text;
	}

	private static boolean isStorable(String text, int index) {
		char c = text.charAt(index);
		if (Character.isHighSurrogate(c)) {
			return index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1));
		}
		if (Character.isLowSurrogate(c)) {
			return index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
		}
		return c != 0;
	}

}
