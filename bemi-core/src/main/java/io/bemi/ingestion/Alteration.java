package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.tracking.ColumnRules;

/**
 * What a message in the log says about a statement that has changed a table.
 *
 * @param oid the table's object id
 * @param schema its schema from there on
 * @param name its name from there on
 * @param primaryKey its primary key from there on
 * @param json all that the message says
 */
record Alteration(int oid, String schema, String name, PrimaryKey primaryKey, String json) {

	private static final String PREFIX = "_bemi_table";

	/** What anybody may write must not exhaust the memory of who reads it. */
	private static final int LONGEST = 8 << 20;

	private static final Pattern CONTENT = Pattern.compile("(\\d{1,10}) (\\{.*\\})", Pattern.DOTALL);

	private static final JsonMapper MAPPER = new JsonMapper();

	/**
	 * Whether a message is meant to be one.
	 */
	static boolean isOne(LogicalMessage message) {
		return message.transactional() && PREFIX.equals(message.prefix());
	}

	/**
	 * Recognises such a message.
	 * @param message any message
	 * @return what it says, or empty when it is another one
	 */
	static Optional<Alteration> of(LogicalMessage message) {
		if (!isOne(message) || message.content().remaining() > LONGEST) {
			return Optional.empty();
		}
		Matcher content = CONTENT.matcher(message.text());
		if (!content.matches()) {
			return Optional.empty();
		}
		try {
			JsonNode json = MAPPER.readTree(content.group(2));
			JsonNode schema = json.path("schema");
			JsonNode name = json.path("name");
			return (schema.isTextual() && name.isTextual())
					? Optional.of(new Alteration((int) Long.parseLong(content.group(1)), schema.textValue(),
							name.textValue(), primaryKey(json.path("columns")), content.group(2)))
					: Optional.empty();
		}
		catch (JsonProcessingException ex) {
			return Optional.empty();
		}
	}

	/**
	 * All that the message says, but for what rows got in columns that are not recorded
	 * as they are.
	 * @param rules which columns are
	 */
	String json(ColumnRules rules) {
		if (rules.isEmpty()) {
			return this.json;
		}
		try {
			JsonNode message = MAPPER.readTree(this.json);
			for (JsonNode column : message.path("columns")) {
				String treatment = ChosenColumns.treatment(rules, this.schema, this.name, column.path("name").asText());
				if (treatment != null && column instanceof ObjectNode object) {
					object.put("treatment", treatment).remove("filled");
				}
			}
			return message.toString();
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("What was read once is no JSON", ex);
		}
	}

	private static PrimaryKey primaryKey(JsonNode columns) {
		List<String> names = new ArrayList<>();
		List<Integer> numbers = new ArrayList<>();
		for (JsonNode column : columns) {
			if (column.path("primary").asBoolean()) {
				names.add(column.path("name").asText());
				numbers.add(column.path("number").asInt());
			}
		}
		return new PrimaryKey(names, numbers);
	}

}
