package io.bemi.query;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.bemi.query.Condition.About;
import org.jspecify.annotations.Nullable;

/**
 * A statement and its parameters.
 *
 * @param text the statement
 * @param parameters what is bound, in order
 */
record Sql(String text, List<Object> parameters) {

	private static final String METADATA = "coalesce(x.metadata, '{}'::jsonb) AS metadata";

	private static final String ROWS = "c.image, c.replaced, c.unknown";

	private static final String PLACES = """
			SELECT q.source, q.database, q.schema, q."table", q.transaction_id, q.position, array_agg(q.ordinal),
			       array_agg(q.ordinal) FILTER (WHERE q.operation = 'T'),
			       CASE WHEN count(*) <= ? THEN coalesce(array_agg(q.primary_key) FILTER (WHERE q.primary_key IS NOT NULL), '{}') END
			""";

	/** What {@link Row} makes into what the view {@code changes} gives. */
	private static final String COLUMNS = """
			SELECT c.source AS source_number, c.primary_key, %s, s.database, r.schema, r.name AS "table", c.operation, c.committed_at,
			       c.transaction_id, c.position, c.ordinal, s.name AS source, %s
			"""
		.formatted(METADATA, ROWS);

	/**
	 * The tables below the view {@code changes}, whose {@code coalesce(metadata)} keeps
	 * the index of contexts from being used. Each change has its relation and its source;
	 * that they are left joins tells the planner so, which else believes that a source
	 * has one change in two hundred.
	 */
	private static final String FROM = """
			  FROM %1$s.change c
			  LEFT JOIN %1$s.relation r ON r.id = c.relation
			  LEFT JOIN %1$s.source s ON s.id = c.source
			  %2$s
			 WHERE c.operation <> 'B'
			""";

	private static final String CONTEXTS = "LEFT JOIN %1$s.context x ON x.committed_at = c.committed_at AND x.source = c.source"
			+ " AND x.position = c.position AND x.number = c.context";

	/** Says nothing, but leads to the index of contexts by source and time. */
	private static final String SOURCES = " AND x.source = ANY (ARRAY(SELECT id FROM %1$s.source))";

	/**
	 * The same from the contexts on, in the order of their positions. The four columns
	 * that join the two make the planner believe that hardly any change has a context; so
	 * that it would find all of them first, however many there are, to show the first. In
	 * the order of their ordinals, which the index of positions has, or it would look
	 * into that of times as well, for each context anew.
	 */
	private static final String FROM_CONTEXT = """
			  FROM (%2$s) x
			 CROSS JOIN LATERAL (SELECT * FROM %1$s.change c
			                      WHERE c.committed_at = x.committed_at AND c.source = x.source
			                        AND c.position = x.position AND c.context = x.number
			                      ORDER BY c.ordinal OFFSET 0) c
			  LEFT JOIN %1$s.relation r ON r.id = c.relation
			  LEFT JOIN %1$s.source s ON s.id = c.source
			 WHERE c.operation <> 'B'
			""";

	/** In some order, so that the index of contexts is all that can find them. */
	private static final String FEW_CONTEXTS = "WITH few AS MATERIALIZED (SELECT * FROM %1$s.context x WHERE %2$s)";

	/**
	 * Says nothing, but keeps the planner from parallel workers, which take longer to
	 * start than an index takes to answer.
	 */
	private static final String SERIAL = " AND (true OR pg_catalog.set_config('bemi.serial', '', true) IS NULL)";

	/**
	 * The same, with less of each change.
	 */
	Sql only(Parts parts, QuerySettings settings) {
		if (parts == Parts.ALL) {
			return this;
		}
		String sql = this.text.replace(METADATA, "'{}'::jsonb AS metadata");
		String without = sql.replace(CONTEXTS.formatted(settings.quotedSchema()), "");
		return new Sql(without.contains("x.") ? sql : without, this.parameters);
	}

	/**
	 * Where the same changes are.
	 */
	Sql onlyPlaces(QuerySettings settings, int mostKeys) {
		Sql changes = only(Parts.WITHOUT_CONTEXT, settings);
		return new Builder().add(PLACES, mostKeys)
			.add(" FROM (" + changes.text.replace(ROWS, "NULL AS image") + ") q", changes.parameters.toArray())
			.add(" GROUP BY q.source, q.database, q.schema, q.\"table\", q.transaction_id, q.position ORDER BY q.position, min(q.ordinal)")
			.build();
	}

	/**
	 * All changes.
	 */
	static Sql all(QuerySettings settings, List<Condition> conditions, Order order) {
		return new Builder().add(COLUMNS).from(settings, conditions).add(order.sql("c")).build();
	}

	/**
	 * Some changes, whichever they are.
	 */
	static Sql any(QuerySettings settings, List<Condition> conditions, int limit) {
		return new Builder().add(COLUMNS).from(settings, conditions).add(" LIMIT ?", limit).build();
	}

	/**
	 * The first changes, wherever they are.
	 */
	static Sql first(QuerySettings settings, List<Condition> conditions, Order order, int limit) {
		return new Builder().add(COLUMNS).from(settings, conditions).first(conditions, order.sql("c"), limit).build();
	}

	/**
	 * The first changes of some tables, each read for itself: an index has one table's
	 * changes in their order.
	 * @param relations the store's numbers of the tables
	 */
	static Sql firstOf(QuerySettings settings, List<Condition> conditions, Order order, int limit, Long[] relations) {
		return new Builder()
			.add("SELECT q.* FROM pg_catalog.unnest(?::bigint[]) t(id) CROSS JOIN LATERAL (", (Object) relations)
			.add(COLUMNS)
			.from(settings, conditions)
			.add(" AND c.relation = t.id")
			.first(conditions, order.sql("c"), limit)
			.add(") q")
			.add(order.sql("q").replace("c.source", "q.source_number").replace("c.", "q."))
			.add(" LIMIT ?", limit)
			.build();
	}

	/**
	 * The first changes that have one of few contexts.
	 */
	static Sql ofFewContexts(QuerySettings settings, List<Condition> conditions, Order order, int limit) {
		return new Builder().fewContexts(settings, conditions)
			.add(COLUMNS)
			.fromContext(settings, conditions, "SELECT * FROM few x" + order.sql("x").split(",")[0])
			.first(conditions, order.sql("x"), limit)
			.build();
	}

	/**
	 * The first changes that have one of many contexts: one after the other is looked at.
	 */
	static Sql ofManyContexts(QuerySettings settings, List<Condition> conditions, Order order, int limit) {
		Builder sql = new Builder().add(COLUMNS);
		String contexts = sql.contexts("SELECT * FROM %s.context x WHERE ".formatted(settings.quotedSchema()),
				conditions, true);
		return sql.fromContext(settings, conditions, contexts).first(conditions, order.sql("x"), limit).build();
	}

	/**
	 * How many contexts there are, up to some number.
	 */
	static Sql countContexts(QuerySettings settings, List<Condition> conditions, int most) {
		Builder sql = new Builder();
		String contexts = sql.contexts("SELECT 1 FROM %s.context x WHERE ".formatted(settings.quotedSchema()),
				conditions, false);
		return sql.add("SELECT count(*) FROM (" + contexts + SERIAL + " LIMIT ?) few", most).build();
	}

	/**
	 * The places of contexts, two if there are more than one.
	 */
	static Sql places(QuerySettings settings, List<Condition> conditions) {
		Builder sql = new Builder();
		String contexts = sql.contexts("SELECT DISTINCT x.committed_at, x.source, x.position FROM %s.context x WHERE "
			.formatted(settings.quotedSchema()), conditions, false);
		return sql.add(contexts + " LIMIT 2").build();
	}

	static Sql count(QuerySettings settings, List<Condition> conditions) {
		return new Builder().add("SELECT count(*)").counted(settings, conditions).build();
	}

	static Sql counts(QuerySettings settings, List<Condition> conditions, Bucket bucket, String zone, Grouping grouping,
			int limit) {
		return new Builder().add("SELECT q.begun, " + grouping.columns("q.shared") + ", q.changes FROM (")
			.add("SELECT date_trunc(?, c.committed_at, ?) AS begun, ", bucket.unit(), zone)
			.add(grouping.sql() + " AS shared", grouping.parameters().toArray())
			.add(", count(*) AS changes")
			.counted(settings, conditions)
			.add(" GROUP BY 1, 2) q ORDER BY 1, 2, 3 LIMIT ?", limit)
			.build();
	}

	static Sql top(QuerySettings settings, List<Condition> conditions, Grouping grouping, int limit) {
		return new Builder().add("SELECT " + grouping.columns("q.shared") + ", q.changes FROM (SELECT ")
			.add(grouping.sql() + " AS shared", grouping.parameters().toArray())
			.add(", count(*) AS changes")
			.counted(settings, conditions)
			.add(" GROUP BY 1) q ORDER BY 3 DESC, 1, 2 LIMIT ?", limit)
			.build();
	}

	/**
	 * Puts a statement together.
	 */
	private static final class Builder {

		private final StringBuilder text = new StringBuilder();

		private final List<Object> parameters = new ArrayList<>();

		Builder add(String sql, Object... bound) {
			this.text.append(sql);
			this.parameters.addAll(List.of(bound));
			return this;
		}

		Builder from(QuerySettings settings, List<Condition> conditions) {
			String schema = settings.quotedSchema();
			this.text.append(FROM.formatted(schema, CONTEXTS.formatted(schema)));
			conditions.forEach(this::and);
			return this;
		}

		/**
		 * The same for what is counted: without contexts where nothing is asked of them,
		 * else with those of the time range alone, which the planner does not see for
		 * itself; so that it need not look for the context of each change.
		 */
		Builder counted(QuerySettings settings, List<Condition> conditions) {
			String schema = settings.quotedSchema();
			boolean isAsked = this.text.indexOf("x.") >= 0
					|| conditions.stream().anyMatch((condition) -> condition.sql().contains("x."));
			StringBuilder contexts = new StringBuilder();
			if (isAsked) {
				contexts.append(CONTEXTS.formatted(schema));
				List<Condition> times = conditions.stream().filter((condition) -> condition.about().isTime()).toList();
				times.forEach((condition) -> {
					contexts.append(" AND ").append(condition.sql().replace("c.", "x."));
					this.parameters.addAll(condition.parameters());
				});
				if (!times.isEmpty()) {
					contexts.append(SOURCES.formatted(schema));
				}
			}
			this.text.append(FROM.formatted(schema, contexts));
			conditions.forEach(this::and);
			return this;
		}

		Builder fewContexts(QuerySettings settings, List<Condition> conditions) {
			String where = contexts("", conditions, false);
			return add(FEW_CONTEXTS.formatted(settings.quotedSchema(), where));
		}

		/**
		 * Binds and writes what is asked of contexts.
		 */
		String contexts(String select, List<Condition> conditions, boolean withoutIndex) {
			List<Condition> shared = conditions.stream().filter((condition) -> condition.about().isShared()).toList();
			shared.forEach((condition) -> this.parameters.addAll(condition.parameters()));
			// Moments and positions are those of the context as well.
			return select + shared.stream()
				.map((condition) -> (withoutIndex && condition.about() == About.CONTEXT)
						? "(" + condition.sql() + ") IS TRUE" : condition.sql())
				.collect(Collectors.joining(" AND "))
				.replace("c.", "x.");
		}

		Builder fromContext(QuerySettings settings, List<Condition> conditions, String contexts) {
			this.text.append(FROM_CONTEXT.formatted(settings.quotedSchema(), contexts));
			conditions.stream().filter((condition) -> !condition.about().isShared()).forEach(this::and);
			return this;
		}

		Builder first(List<Condition> conditions, String order, int limit) {
			if (conditions.stream().allMatch((condition) -> condition.asks() == null)) {
				this.text.append(SERIAL);
			}
			return add(order).add(" LIMIT ?", limit);
		}

		private void and(Condition condition) {
			this.text.append(" AND ").append(condition.sql());
			this.parameters.addAll(condition.parameters());
		}

		Sql build() {
			return new Sql(this.text.toString(), List.copyOf(this.parameters));
		}

	}

}
