package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.List;

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

	private static final String NOT_KEPT = "The context was too long, or empty";

	private static final String COMMENT_START = "/*Bemi ";

	private static final String COMMENT_END = "Bemi*/";

	private static final String FACTS = "_bemi";

	private static final String SKIP = "skip";

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
		if (content.isEmpty()) {
			return error(NOT_KEPT).toString();
		}
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
	 * A trigger sends what the database says, and the setting {@code bemi.context} and
	 * the comment at the end of the statement as they are, because a trigger must not
	 * fail on what they hold. The comment is nearer to the statement, so its keys win.
	 */
	private static String ofSession(String content) {
		JsonNode message = Jsonb.accepts(content) ? parse(content) : MAPPER.missingNode();
		if (!message.isObject()) {
			return error(NO_OBJECT).toString();
		}
		List<String> errors = new ArrayList<>();
		ObjectNode metadata = MAPPER.createObjectNode();
		String setting = message.path(SessionMessage.CONTEXT).asText("");
		if (!setting.isEmpty()) {
			add(setting, metadata, "The setting bemi.context was no JSON object", errors);
		}
		String comment = message.path(SessionMessage.COMMENT).asText("");
		if (!comment.isEmpty()) {
			add(inside(comment), metadata, "The comment of the statement was no JSON object", errors);
		}
		if (message.has(SessionMessage.ERROR)) {
			errors.add(message.path(SessionMessage.ERROR).asText());
		}
		ObjectNode facts = MAPPER.createObjectNode();
		if (!errors.isEmpty()) {
			facts.put(SessionMessage.ERROR, String.join("; ", errors));
		}
		if (message.has(SessionMessage.DB)) {
			facts.set(SessionMessage.DB, message.get(SessionMessage.DB));
		}
		// Whatever the session says of facts is replaced by them.
		metadata.set(FACTS, facts);
		return metadata.toString();
	}

	/**
	 * The same for changes whose transaction wanted to be left out, and may not.
	 */
	static String refused(String metadata) {
		ObjectNode object = (parse(metadata) instanceof ObjectNode found) ? found : MAPPER.createObjectNode();
		facts(object).put(SKIP, "refused");
		return object.toString();
	}

	/**
	 * What is said of a transaction in place of its changes.
	 */
	static String of(SkippedTransaction skipped) {
		ObjectNode object = MAPPER.createObjectNode();
		ObjectNode facts = facts(object).putObject(SKIP).put("role", skipped.role()).put("reason", skipped.reason());
		ObjectNode changes = facts.putObject("changes");
		skipped.changes().forEach(changes::put);
		return object.toString();
	}

	private static ObjectNode facts(ObjectNode metadata) {
		return (metadata.get(FACTS) instanceof ObjectNode known) ? known : metadata.putObject(FACTS);
	}

	private static void add(String text, ObjectNode metadata, String otherwise, List<String> errors) {
		if (Jsonb.accepts(text) && parse(text) instanceof ObjectNode object) {
			metadata.setAll(object);
		}
		else {
			errors.add(otherwise);
		}
	}

	/**
	 * What stands in a comment, empty if it is not one comment from its start to its end.
	 */
	private static String inside(String comment) {
		if (!comment.startsWith(COMMENT_START) || !comment.endsWith(COMMENT_END)
				|| comment.length() < COMMENT_START.length() + COMMENT_END.length()) {
			return "";
		}
		String inside = comment.substring(COMMENT_START.length(), comment.length() - COMMENT_END.length());
		return (inside.contains("/*") || inside.contains("*/")) ? "" : inside;
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
