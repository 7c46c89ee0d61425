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

	/** As the view {@code changes} gives them. */
	private static final String COLUMNS = """
			SELECT lpad(c.source::text, 4, '0')
			           || '-' || lpad(split_part(c.position::text, '/', 1), 8, '0')
			           || lpad(split_part(c.position::text, '/', 2), 8, '0')
			           || '-' || lpad(c.ordinal::text, 10, '0') AS id,
			       c.primary_key, %s AS "values", coalesce(x.metadata, '{}'::jsonb) AS metadata, s.database, r.schema,
			       r.name AS "table", c.operation, c.committed_at, %s AS before,
			       CASE WHEN c.operation = 'U'
			           THEN ARRAY(SELECT k FROM jsonb_object_keys(coalesce(c.replaced, '{}'::jsonb)) k)
			           ELSE '{}'::text[]
			       END AS changed,
			       coalesce(c.unknown, '{}'::text[]) AS unknown, c.transaction_id, c.position, c.ordinal,
			       s.name AS source
			""".formatted(Document.VALUES.sql(), Document.BEFORE.sql());

	/**
	 * The tables below the view {@code changes}, whose {@code coalesce(metadata)} keeps
	 * the index of contexts from being used.
	 */
	private static final String FROM = """
			  FROM %1$s.change c
			  JOIN %1$s.relation r ON r.id = c.relation
			  JOIN %1$s.source s ON s.id = c.source
			  LEFT JOIN %1$s.context x ON x.committed_at = c.committed_at AND x.source = c.source
			                          AND x.position = c.position AND x.number = c.context
			 WHERE c.operation <> 'B'
			""";

	/**
	 * The same from the contexts on, in the order of their positions. The four columns
	 * that join the two make the planner believe that hardly any change has a context; so
	 * that it would find all of them first, however many there are, to show the first.
	 */
	private static final String FROM_CONTEXT = """
			  FROM (SELECT * FROM %1$s.context x WHERE %2$s) x
			 CROSS JOIN LATERAL (SELECT * FROM %1$s.change c
			                      WHERE c.committed_at = x.committed_at AND c.source = x.source
			                        AND c.position = x.position AND c.context = x.number OFFSET 0) c
			  JOIN %1$s.relation r ON r.id = c.relation
			  JOIN %1$s.source s ON s.id = c.source
			 WHERE c.operation <> 'B'
			""";

	/**
	 * Says nothing, but keeps the planner from parallel workers, which take longer to
	 * start than an index takes to answer.
	 */
	private static final String SERIAL = " AND (true OR pg_catalog.set_config('bemi.serial', '', true) IS NULL)";

	static Sql changes(QuerySettings settings, List<Condition> conditions, Order order, @Nullable Integer limit) {
		Builder sql = new Builder().add(COLUMNS);
		if (limit == null) {
			return sql.from(settings, conditions).add(order.sql("c")).build();
		}
		boolean fromContext = conditions.stream().anyMatch((condition) -> condition.about() == About.CONTEXT)
				&& conditions.stream().noneMatch((condition) -> condition.about() == About.RECORD);
		if (fromContext) {
			sql.fromContext(settings, conditions);
		}
		else {
			sql.from(settings, conditions);
		}
		if (conditions.stream().allMatch((condition) -> condition.asks() == null)) {
			sql.add(SERIAL);
		}
		return sql.add(order.sql(fromContext ? "x" : "c")).add(" LIMIT ?", limit).build();
	}

	static Sql count(QuerySettings settings, List<Condition> conditions) {
		return new Builder().add("SELECT count(*)").from(settings, conditions).build();
	}

	static Sql counts(QuerySettings settings, List<Condition> conditions, Bucket bucket, String zone,
			Grouping grouping) {
		return new Builder().add("SELECT date_trunc(?, c.committed_at, ?), ", bucket.unit(), zone)
			.add(grouping.sql(), grouping.parameters().toArray())
			.add(", count(*)")
			.from(settings, conditions)
			.add(" GROUP BY 1, 2 ORDER BY 1, 2")
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
			this.text.append(FROM.formatted(settings.quotedSchema()));
			conditions.forEach(this::and);
			return this;
		}

		Builder fromContext(QuerySettings settings, List<Condition> conditions) {
			List<Condition> ofContext = conditions.stream()
				.filter((condition) -> condition.about() == About.CONTEXT || condition.about() == About.PLACE)
				.toList();
			String where = ofContext.stream().map(Condition::sql).collect(Collectors.joining(" AND "));
			// Moments and positions are those of the context as well.
			this.text.append(FROM_CONTEXT.formatted(settings.quotedSchema(), where.replace("c.", "x.")));
			ofContext.forEach((condition) -> this.parameters.addAll(condition.parameters()));
			conditions.stream().filter((condition) -> !ofContext.contains(condition)).forEach(this::and);
			return this;
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
