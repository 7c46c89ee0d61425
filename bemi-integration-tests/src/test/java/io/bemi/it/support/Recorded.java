package io.bemi.it.support;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A recorded change, as {@code bemi.changes} has it.
 *
 * @param schema the table's schema
 * @param table the table
 * @param key the record's primary key
 * @param operation what happened
 * @param context its context
 */
public record Recorded(String schema, String table, String key, String operation, Map<String, Object> context) {

	private static final String CHANGES = """
			SELECT json_build_array("schema", "table", coalesce(primary_key, ''), operation, metadata) FROM bemi.changes
			WHERE "table" = '%s' ORDER BY committed_at, id""";

	/**
	 * Waits until so many changes of a table are recorded.
	 * @param database where the store is
	 * @param table the table's name, without schema
	 * @param count how many, not more and not fewer
	 * @return the changes, oldest first
	 */
	public static List<Recorded> await(TestDatabase database, String table, int count) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(find(database, table)).as("changes of %s", table).hasSize(count));
		return find(database, table);
	}

	/**
	 * Waits like {@link #await}.
	 * @return by primary key what a key of the context says
	 */
	public static Map<String, String> await(TestDatabase database, String table, int count, String contextKey) {
		return await(database, table, count).stream()
			.collect(Collectors.toMap(Recorded::key, (change) -> String.valueOf(change.context().get(contextKey))));
	}

	/**
	 * What is recorded of a table now.
	 * @return the changes, oldest first
	 */
	public static List<Recorded> find(TestDatabase database, String table) {
		return database.query(CHANGES.formatted(table)).stream().map(Recorded::parse).toList();
	}

	@SuppressWarnings("unchecked")
	private static Recorded parse(String json) {
		List<Object> fields = JsonParserFactory.getJsonParser().parseList(json);
		return new Recorded((String) fields.get(0), (String) fields.get(1), (String) fields.get(2),
				(String) fields.get(3), (Map<String, Object>) fields.get(4));
	}

	/**
	 * What Bemi itself adds to the context, such as {@code entryPoint} and
	 * {@code method}.
	 * @param name its name
	 * @return {@code null} when it is not there
	 */
	public @Nullable Object fact(String name) {
		return (this.context.get("_bemi") instanceof Map<?, ?> facts) ? facts.get(name) : null;
	}

}
