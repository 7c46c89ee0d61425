package io.bemi.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A column as a schema of Kafka Connect describes it.
 *
 * @param name the column's name
 * @param type the type of its values in Kafka Connect
 * @param semantic the name of the type; empty for none
 * @param length the length of a bit string; empty for none
 * @param sourceType the name of the type in PostgreSQL, in capitals
 */
record Field(String name, String type, String semantic, String length, String sourceType) {

	/**
	 * The columns of a table.
	 * @param description the schema of the records' values
	 */
	static List<Field> row(String description) {
		for (Object field : Json.list(Json.object(description).get("fields"))) {
			Map<String, @Nullable Object> struct = Json.map(field);
			if ("after".equals(struct.get("field"))) {
				return fields(struct);
			}
		}
		throw new EventException("Expected a schema with the field 'after'");
	}

	/**
	 * The names of the columns of a key.
	 * @param key the schema of the records' keys; empty for none
	 */
	static List<String> key(String key) {
		return key.isEmpty() ? List.of() : fields(Json.object(key)).stream().map(Field::name).toList();
	}

	private static List<Field> fields(Map<String, @Nullable Object> struct) {
		List<Field> fields = new ArrayList<>();
		for (Object field : Json.list(struct.get("fields"))) {
			Map<String, @Nullable Object> column = Json.map(field);
			Object given = column.get("parameters");
			Map<String, @Nullable Object> parameters = (given != null) ? Json.map(given) : Map.of();
			String name = Json.text(parameters.get("__debezium.source.column.name"));
			fields.add(new Field(name.isEmpty() ? Json.text(column.get("field")) : name, Json.text(column.get("type")),
					Json.text(column.get("name")), Json.text(parameters.get("length")),
					Json.text(parameters.get("__debezium.source.column.type"))));
		}
		return fields;
	}

}
