package io.bemi.query;

import java.util.ArrayList;
import java.util.List;

import org.springframework.util.Assert;

/**
 * By what changes are counted.
 */
public final class Grouping {

	private static final Grouping NOTHING = new Grouping("NULL::text");

	private static final Grouping TABLE = new Grouping("r.schema || '.' || r.name");

	private static final Grouping OPERATION = new Grouping(
			"CASE c.operation WHEN 'C' THEN 'CREATE' WHEN 'U' THEN 'UPDATE' WHEN 'D' THEN 'DELETE' ELSE 'TRUNCATE' END");

	private static final Grouping TRANSACTION = new Grouping("c.transaction_id::text");

	private final String sql;

	private final boolean isJson;

	private final List<Object> parameters;

	private Grouping(String sql) {
		this(sql, false, List.of());
	}

	private Grouping(String sql, boolean isJson, List<String> parameters) {
		this.sql = sql;
		this.isJson = isJson;
		this.parameters = List.copyOf(parameters);
	}

	/**
	 * All changes together.
	 */
	public static Grouping nothing() {
		return NOTHING;
	}

	/**
	 * By table: the group is {@code schema.table}.
	 */
	public static Grouping table() {
		return TABLE;
	}

	/**
	 * By operation: the group is the name of the {@link io.bemi.change.Operation}.
	 */
	public static Grouping operation() {
		return OPERATION;
	}

	/**
	 * By transaction: the group is its id with epoch.
	 */
	public static Grouping transaction() {
		return TRANSACTION;
	}

	/**
	 * By a key of the context: the group is its value, {@code null} for changes whose
	 * context does not have the key, or has it without a value.
	 * @param key the key
	 * @param more keys below it, of a value that is an object
	 */
	public static Grouping context(String key, String... more) {
		Assert.notNull(key, "'key' must not be null");
		List<String> path = new ArrayList<>(List.of(key));
		path.addAll(List.of(more));
		return path.stream().allMatch(Condition::isText)
				? new Grouping("nullif(x.metadata" + " -> ?".repeat(path.size()) + ", 'null'::jsonb)", true, path)
				: NOTHING;
	}

	String sql() {
		return this.sql;
	}

	/**
	 * What the group is as text, and as JSON.
	 * @param name the name of the group
	 */
	String columns(String name) {
		return this.isJson ? name + " #>> '{}', " + name + "::text" : name + ", NULL::text";
	}

	List<Object> parameters() {
		return this.parameters;
	}

}
