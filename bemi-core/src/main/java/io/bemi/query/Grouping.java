package io.bemi.query;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * By what changes are counted.
 */
public final class Grouping {

	private static final Grouping NOTHING = new Grouping("NULL::text", null);

	private static final Grouping TABLE = new Grouping("r.schema || '.' || r.name", null);

	private static final Grouping OPERATION = new Grouping(
			"CASE c.operation WHEN 'C' THEN 'CREATE' WHEN 'U' THEN 'UPDATE' WHEN 'D' THEN 'DELETE' ELSE 'TRUNCATE' END",
			null);

	private final String sql;

	private final @Nullable String parameter;

	private Grouping(String sql, @Nullable String parameter) {
		this.sql = sql;
		this.parameter = parameter;
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
	 * By a key of the context: the group is its value as text, {@code null} for changes
	 * whose context does not have the key.
	 * @param key the key
	 */
	public static Grouping context(String key) {
		Assert.notNull(key, "'key' must not be null");
		return Condition.isText(key) ? new Grouping("x.metadata ->> ?", key) : NOTHING;
	}

	String sql() {
		return this.sql;
	}

	List<Object> parameters() {
		return (this.parameter != null) ? List.of(this.parameter) : List.of();
	}

}
