package io.bemi.ingestion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bemi.pgoutput.Jsonb;
import io.bemi.stitching.ContextMessage;
import io.bemi.tracking.SessionMessage;

/**
 * Turns the content of a context message into the metadata that is stored: always one
 * JSON object. Content that is none does not disturb; {@code _bemi.error} says so.
 */
final class Metadata {

	static final String EMPTY = "{}";

	private static final String NO_OBJECT = "The context was no JSON object";

	private static final String FACTS = "_bemi";

	private static final ObjectMapper MAPPER = mapper();

	private Metadata() {
	}

	private static ObjectMapper mapper() {
		JsonMapper mapper = JsonMapper.builder()
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.build();
		mapper.getFactory()
			.setStreamReadConstraints(StreamReadConstraints.builder()
				.maxNumberLength(Integer.MAX_VALUE)
				.maxStringLength(Integer.MAX_VALUE)
				.build());
		return mapper;
	}

	/**
	 * Reads the content of a message.
	 * @param message what the proxy, a trigger, or anybody else has sent
	 * @return a JSON object that {@code jsonb} accepts
	 */
	static String of(ContextMessage message) {
		String content = message.content();
		if (message.source() == ContextMessage.Source.SESSION) {
			return ofSession(content);
		}
		// jsonb takes less than other parsers do.
		if (Jsonb.accepts(content) && content.stripLeading().startsWith("{")) {
			return content;
		}
		return error(NO_OBJECT).toString();
	}

	/**
	 * A trigger sends what the database says, and the setting {@code bemi.context} as it
	 * is, because a trigger must not fail on what it holds.
	 */
	private static String ofSession(String content) {
		JsonNode message = Jsonb.accepts(content) ? parse(content) : MAPPER.missingNode();
		if (!message.isObject()) {
			return error(NO_OBJECT).toString();
		}
		ObjectNode facts = MAPPER.createObjectNode();
		ObjectNode metadata = setting(message.path(SessionMessage.CONTEXT).asText(""), facts);
		if (message.has(SessionMessage.ERROR)) {
			facts.set(SessionMessage.ERROR, message.get(SessionMessage.ERROR));
		}
		if (message.has(SessionMessage.DB)) {
			facts.set(SessionMessage.DB, message.get(SessionMessage.DB));
		}
		// Whatever the setting says of facts is replaced by them.
		metadata.set(FACTS, facts);
		return metadata.toString();
	}

	private static ObjectNode setting(String setting, ObjectNode facts) {
		if (setting.isEmpty()) {
			return MAPPER.createObjectNode();
		}
		JsonNode context = Jsonb.accepts(setting) ? parse(setting) : MAPPER.missingNode();
		if (context instanceof ObjectNode object) {
			return object;
		}
		facts.put(SessionMessage.ERROR, "The setting bemi.context was no JSON object");
		return MAPPER.createObjectNode();
	}

	private static ObjectNode error(String message) {
		ObjectNode metadata = MAPPER.createObjectNode();
		metadata.putObject(FACTS).put("error", message);
		return metadata;
	}

	private static JsonNode parse(String content) {
		try {
			return MAPPER.readTree(content);
		}
		catch (JsonProcessingException ex) {
			return MAPPER.missingNode();
		}
	}

}
