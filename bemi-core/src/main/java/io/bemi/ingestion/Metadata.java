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

/**
 * Turns the content of a context message into the metadata that is stored: always one
 * JSON object. Content that is none does not disturb; {@code _bemi.error} says so.
 */
final class Metadata {

	static final String EMPTY = "{}";

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
		return error("The context was no JSON object").toString();
	}

	/**
	 * A trigger sends what the database says, and the setting {@code bemi.context} as it
	 * is, because a trigger must not fail on what it holds.
	 */
	private static String ofSession(String content) {
		JsonNode message = parse(content);
		if (!(message instanceof ObjectNode)) {
			return error("The context was no JSON object").toString();
		}
		String setting = message.path("context").asText("");
		JsonNode context = setting.isEmpty() ? MAPPER.createObjectNode()
				: Jsonb.accepts(setting) ? parse(setting) : MAPPER.missingNode();
		ObjectNode metadata = (context instanceof ObjectNode object) ? object
				: error("The setting bemi.context was no JSON object");
		ObjectNode facts = (metadata.get(FACTS) instanceof ObjectNode object && object.has("error")
				&& object.size() == 1) ? object : metadata.putObject(FACTS);
		if (message.has("error")) {
			facts.set("error", message.get("error"));
		}
		facts.set("db", message.get("db"));
		return metadata.toString();
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
