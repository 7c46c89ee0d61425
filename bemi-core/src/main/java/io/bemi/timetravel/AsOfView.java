package io.bemi.timetravel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.bemi.store.RecordedTable;
import io.bemi.store.RecordedTable.Origin;
import org.jspecify.annotations.Nullable;

/**
 * The query of an as-of view, and the indexes that it needs.
 * <p>
 * A record's history begins with a change that says so (it is created, found, gets
 * another key, or is heard of for the first time), and so does each time in which the
 * columns that it is looked for by stay the same. From there the newest change up to the
 * moment is one step in an index, whatever happened in between: so a record costs the
 * same whether it was changed twice or a million times.
 */
final class AsOfView {

	/** From a JSON object; anything else is what the type makes of it. */
	private static final String HSTORE = "CASE WHEN pg_catalog.jsonb_typeof(%s) = 'object' THEN coalesce((SELECT"
			+ " {schema}.hstore(pg_catalog.array_agg(e.key), pg_catalog.array_agg(e.value))"
			+ " FROM pg_catalog.jsonb_each_text(%s) e), ''::{schema}.hstore) ELSE (%s #>> '{}')::{schema}.hstore END";

	private static final String HSTORES = "CASE WHEN pg_catalog.jsonb_typeof(h.value) = 'array' THEN ARRAY(SELECT "
			+ HSTORE.replace("%s", "a.value")
			+ " FROM pg_catalog.jsonb_array_elements(h.value) WITH ORDINALITY a(value, n) ORDER BY a.n) END";

	private static final Set<String> TEXTS = Set.of("text", "varchar");

	/** Up to so many versions columns are looked for one by one, each in each version. */
	private static final int MOST_VERSIONS = 10;

	private final LiveTable table;

	private final String store;

	private final Map<Long, RecordedTable> versions = new TreeMap<>();

	private final Set<Long> boundaries = new LinkedHashSet<>();

	private final Map<Long, Map<String, Origin>> origins = new TreeMap<>();

	private final Map<String, String> lookups = new LinkedHashMap<>();

	private final List<String> key;

	private final boolean keyIsText;

	/**
	 * Works it out.
	 * @param table the table as it is now
	 * @param recorded the same table as each source has it
	 * @param schema the store's schema
	 */
	AsOfView(LiveTable table, List<RecordedTable> recorded, String schema) {
		this.table = table;
		this.store = Sql.identifier(schema);
		for (RecordedTable source : recorded) {
			for (long version : source.versions()) {
				this.versions.put(version, source);
				this.origins.put(version, source.origins(version, table.recorded()));
			}
			this.boundaries.addAll(source.boundaries());
		}
		this.key = key();
		this.keyIsText = this.key.size() == 1 && isAlwaysKey(this.key.get(0));
		Set<String> wanted = new LinkedHashSet<>(this.key);
		table.columns().stream().filter(LiveTable.Column::reference).map(LiveTable.Column::name).forEach(wanted::add);
		for (String name : wanted) {
			LiveTable.Column column = table.column(name);
			String type = (column != null) ? column.indexed() : null;
			if (type != null && this.origins.values().stream().allMatch((known) -> known.containsKey(name))) {
				this.lookups.put(name, type);
			}
		}
	}

	private List<String> key() {
		if (this.versions.isEmpty()) {
			return List.of();
		}
		long newest = this.versions.keySet().stream().max(Long::compare).orElseThrow();
		List<String> names = source(newest).key(newest);
		Map<String, Origin> known = origins(newest);
		return known.entrySet()
			.stream()
			.filter((column) -> names.contains(column.getValue().name()))
			.map(Map.Entry::getKey)
			.toList();
	}

	private boolean isAlwaysKey(String name) {
		return this.versions.entrySet().stream().allMatch((version) -> {
			Origin origin = origins(version.getKey()).get(name);
			return origin != null && origin.name() != null
					&& version.getValue().key(version.getKey()).equals(List.of(origin.name()));
		});
	}

	private RecordedTable source(long version) {
		return Objects.requireNonNull(this.versions.get(version));
	}

	private Map<String, Origin> origins(long version) {
		return this.origins.getOrDefault(version, Map.of());
	}

	/**
	 * The view's query.
	 */
	String query() {
		List<Long> keyed = versions((version) -> !source(version).key(version).isEmpty());
		List<Long> keyless = versions((version) -> source(version).key(version).isEmpty());
		List<String> parts = new ArrayList<>();
		if (!keyed.isEmpty()) {
			parts.add(keyed(keyed));
		}
		if (!keyless.isEmpty()) {
			parts.add(keyless(keyless));
		}
		String rows = parts.isEmpty() ? nothing() : String.join("\nUNION ALL\n", parts);
		if (this.table.columns().stream().allMatch((column) -> column.generated() == null)) {
			return rows;
		}
		return "SELECT " + this.table.columns()
			.stream()
			.map((column) -> (column.generated() != null)
					? "(" + column.generated() + ") AS " + Sql.identifier(column.name())
					: Sql.identifier(column.name()))
			.collect(Collectors.joining(", ")) + "\n  FROM (" + rows + ") recorded";
	}

	private List<Long> versions(Predicate<Long> wanted) {
		return this.versions.keySet().stream().filter(wanted).toList();
	}

	/**
	 * A table of which nothing is recorded had no rows, wherever its rows are known.
	 */
	private String nothing() {
		return "SELECT " + columns(Map.of(), "NULL::jsonb") + "\n  FROM " + past() + "\n CROSS JOIN LATERAL "
				+ populated("NULL::jsonb") + "\n WHERE p.upto IS NULL";
	}

	private String past() {
		return "%s.past(pg_catalog.current_setting('bemi.as_of', true), %d, %s, %s, %s) p".formatted(this.store,
				this.table.oid(), Sql.literal(this.table.toString()), Sql.numbers(this.versions.keySet()),
				Sql.numbers(this.boundaries));
	}

	/**
	 * The image as a row. The view must not depend on the table: then the application
	 * could not change it any more.
	 */
	private String populated(String image) {
		return populated(image, Set.of());
	}

	private String populated(String image, Set<String> others) {
		String columns = this.table.columns()
			.stream()
			.filter((column) -> column.generated() == null && column.hstore() == null
					&& !others.contains(column.name()))
			.map((column) -> Sql.identifier(column.name()) + " " + column.type())
			.collect(Collectors.joining(", "));
		return "pg_catalog.jsonb_to_record(%s) AS r(%s)".formatted(image,
				columns.isEmpty() ? "\"bemi none\" boolean" : columns);
	}

	private String columns(Map<String, String> found, String image) {
		return this.table.columns()
			.stream()
			.filter((column) -> column.generated() == null)
			.map((column) -> column(column, found.get(column.name()), image) + " AS " + Sql.identifier(column.name()))
			.collect(Collectors.joining(", "));
	}

	private static String column(LiveTable.Column column, @Nullable String found, String image) {
		if (found != null) {
			return found;
		}
		if (column.hstore() != null) {
			// jsonb_populate_record fails on it.
			String value = column.array() ? HSTORES : HSTORE.replace("%s", "h.value");
			return "(SELECT %s FROM (SELECT (%s) -> %s AS value) h)"
				.formatted(value.replace("{schema}", column.hstore()), image, Sql.literal(column.name()));
		}
		return "r." + Sql.identifier(column.name());
	}

	private String keyed(List<Long> relations) {
		Map<String, String> found = new LinkedHashMap<>();
		if (relations.size() <= MOST_VERSIONS) {
			this.table.columns()
				.stream()
				.filter(LiveTable.Column::isScalar)
				.forEach((column) -> found.put(column.name(), scalar(column, relations)));
		}
		this.lookups.keySet().forEach((name) -> found.put(name, lookup(name, "a.")));
		String image = image(relations, "n.image", "n.unknown", "n.relation", "a.primary_key");
		boolean complete = this.table.columns()
			.stream()
			.allMatch((column) -> column.generated() != null || found.containsKey(column.name()));
		return """
				SELECT %1$s
				  FROM %2$s
				  JOIN %3$s.change a
				    ON %4$s AND coalesce(a.source = p.source AND a.relation >= p.first_relation AND a.position <= p.upto
				   AND a.committed_at <= p.upto_time AND (a.position, a.ordinal) > (p.after_position, p.after_ordinal), false)
				 CROSS JOIN LATERAL (%5$s) n%6$s
				 WHERE n.operation <> 'D'%7$s
				   AND NOT EXISTS (
				       SELECT FROM %3$s.change l
				        WHERE %8$s AND l.primary_key = a.primary_key AND (l.position, l.ordinal) > (a.position, a.ordinal)
				          AND coalesce(l.source = p.source AND l.position <= p.upto AND l.committed_at <= p.upto_time, false))
				   AND (NOT EXISTS (SELECT FROM %3$s.change m WHERE m.relation IN %9$s AND m.previous_key IS NOT NULL)
				    OR NOT EXISTS (
				       SELECT FROM %3$s.change m
				        WHERE m.source = p.source AND m.relation IN %9$s AND m.previous_key = a.primary_key AND m.position <= p.upto
				          AND m.committed_at <= p.upto_time AND (m.position, m.ordinal) > (n.position, n.ordinal)))"""
			.formatted(columns(found, image), past(), this.store, beginning("a.", relations), newest(relations),
					complete ? "" : "\n CROSS JOIN LATERAL " + populated(image, found.keySet()),
					complete ? "\n   AND (%s) IS NOT NULL".formatted(checked(relations)) : "",
					beginning("l.", relations), Sql.list(relations));
	}

	/**
	 * A column whose value is a text in the image, which takes a fraction of the time
	 * that a row takes.
	 */
	private String scalar(LiveTable.Column column, List<Long> relations) {
		Map<String, List<Long>> texts = new LinkedHashMap<>();
		for (long version : relations) {
			Origin origin = origins(version).get(column.name());
			String text = "NULL::text";
			if (origin == null || origin.name() != null) {
				text = "(%s) ->> %s".formatted(checked(version, "n.image", "n.unknown", "a.primary_key"),
						Sql.literal((origin != null) ? Objects.requireNonNull(origin.name()) : column.name()));
			}
			else if (origin.filled() != null) {
				text = "%s::jsonb #>> '{}'".formatted(Sql.literal(origin.filled()));
			}
			texts.computeIfAbsent(text, (any) -> new ArrayList<>()).add(version);
		}
		return "(%s)::%s".formatted(byVersion(texts, "n.relation"), column.type());
	}

	/**
	 * What fails where a value is not known, whatever is read of the row.
	 */
	private String checked(List<Long> relations) {
		Map<String, List<Long>> images = new LinkedHashMap<>();
		for (long version : relations) {
			images
				.computeIfAbsent(checked(version, "n.image", "n.unknown", "a.primary_key"), (any) -> new ArrayList<>())
				.add(version);
		}
		return byVersion(images, "n.relation");
	}

	private String newest(List<Long> relations) {
		String one = """
				SELECT c.relation, c.image, c.unknown, c.operation, c.position, c.ordinal FROM %s.change c
				        WHERE c.relation = %s AND c.primary_key = a.primary_key AND c.source = p.source
				          AND c.position <= p.upto AND c.committed_at <= p.upto_time
				        ORDER BY c.position DESC, c.ordinal DESC LIMIT 1""";
		if (relations.size() == 1) {
			return one.formatted(this.store, relations.get(0));
		}
		String values = relations.stream().map((id) -> "(" + id + "::bigint)").collect(Collectors.joining(", "));
		return "SELECT x.* FROM (VALUES %s) v(id) CROSS JOIN LATERAL (%s) x ORDER BY x.position DESC, x.ordinal DESC LIMIT 1"
			.formatted(values, one.formatted(this.store, "v.id"));
	}

	/**
	 * With what a time begins in which a record is the same one, and found by the same
	 * values.
	 */
	private String beginning(String alias, List<Long> relations) {
		Set<String> names = new LinkedHashSet<>();
		for (long version : relations) {
			this.lookups.keySet().forEach((name) -> {
				Origin origin = origins(version).get(name);
				if (origin != null && origin.name() != null) {
					names.add(origin.name());
				}
			});
		}
		List<Long> all = relations.stream().filter(this::hasUnmarkedBeginnings).toList();
		String others = names.isEmpty() ? "" : " OR %sreplaced ?| %s".formatted(alias, Sql.texts(names));
		String whole = all.isEmpty() ? "" : " OR %srelation IN %s".formatted(alias, Sql.list(all));
		return "%1$srelation IN %2$s AND (%1$soperation IN ('C', 'B') OR (%1$soperation = 'U' AND (%1$sprevious_key IS NOT NULL OR %1$sunknown IS NOT NULL%3$s%4$s)))"
			.formatted(alias, Sql.list(relations), others, whole);
	}

	/**
	 * Whether an UPDATE may be the first that is heard of a record without saying so:
	 * where it tells all that was there before.
	 */
	private boolean hasUnmarkedBeginnings(long version) {
		RecordedTable source = source(version);
		return source.isFull(version) || source.key(version).containsAll(source.columns(version));
	}

	private String lookup(String name, String alias) {
		String type = Objects.requireNonNull(this.lookups.get(name));
		// Keys are compared byte by byte in the store: texts are taken from where they
		// are compared as in the table.
		if (this.keyIsText && this.key.contains(name) && !TEXTS.contains(type)) {
			return "(%sprimary_key)::%s".formatted(alias, type);
		}
		Map<String, List<Long>> texts = new LinkedHashMap<>();
		this.origins.forEach((version, known) -> {
			Origin origin = Objects.requireNonNull(known.get(name));
			String text = (origin.name() != null) ? "%simage ->> %s".formatted(alias, Sql.literal(origin.name()))
					: "%s::jsonb #>> '{}'".formatted(Sql.literal(String.valueOf(origin.filled())));
			texts.computeIfAbsent(text, (any) -> new ArrayList<>()).add(version);
		});
		return "(%s)::%s".formatted(byVersion(texts, alias + "relation"), type);
	}

	private static String byVersion(Map<String, List<Long>> expressions, String relation) {
		if (expressions.size() == 1) {
			return expressions.keySet().iterator().next();
		}
		StringBuilder cases = new StringBuilder("CASE");
		expressions.forEach((expression, versions) -> cases
			.append(" WHEN %s IN %s THEN %s".formatted(relation, Sql.list(versions), expression)));
		return cases.append(" END").toString();
	}

	/**
	 * An image by the columns that the table has now.
	 */
	private String image(List<Long> relations, String image, String unknown, String relation, String key) {
		Map<String, List<Long>> images = new LinkedHashMap<>();
		for (long version : relations) {
			images.computeIfAbsent(image(version, image, unknown, key), (any) -> new ArrayList<>()).add(version);
		}
		return byVersion(images, relation);
	}

	private String image(long version, String image, String unknown, String key) {
		Map<String, Origin> known = origins(version);
		String checked = checked(version, image, unknown, key);
		List<String> moved = recorded().stream()
			.filter((name) -> known.containsKey(name) && !name.equals(Objects.requireNonNull(known.get(name)).name()))
			.toList();
		if (moved.isEmpty() || !known.keySet().containsAll(recorded())) {
			return checked;
		}
		StringBuilder carried = new StringBuilder("(%s) - %s".formatted(checked, Sql.texts(moved)));
		for (String name : moved) {
			Origin origin = Objects.requireNonNull(known.get(name));
			carried.append(" || pg_catalog.jsonb_build_object(%s, %s)".formatted(Sql.literal(name),
					(origin.name() != null) ? "%s -> %s".formatted(image, Sql.literal(origin.name()))
							: Sql.literal(String.valueOf(origin.filled())) + "::jsonb"));
		}
		return carried.toString();
	}

	/**
	 * An image as it is, where all is known that the table has now.
	 */
	private String checked(long version, String image, String unknown, String key) {
		Map<String, Origin> known = origins(version);
		List<String> lost = recorded().stream().filter((name) -> !known.containsKey(name)).toList();
		String told = "%s.told(%s, %s, %s, %s, %s)";
		String table = Sql.literal(this.table.toString());
		if (!lost.isEmpty()) {
			return told.formatted(this.store, "'{}'::jsonb", Sql.texts(lost), Sql.texts(lost), table, key);
		}
		List<String> wanted = known.values().stream().map(Origin::name).filter(Objects::nonNull).toList();
		return "CASE WHEN %s IS NULL THEN %s ELSE %s END".formatted(unknown, image,
				told.formatted(this.store, image, unknown, Sql.texts(wanted), table, key));
	}

	private List<String> recorded() {
		return this.table.recorded().stream().map((column) -> column.name()).toList();
	}

	/**
	 * Rows that nothing identifies are counted.
	 */
	private String keyless(List<Long> relations) {
		String image = image(relations, "c.image", "c.unknown", "c.relation", "NULL");
		String before = image(relations,
				"(CASE c.operation WHEN 'U' THEN c.image || coalesce(c.replaced, '{}'::jsonb) ELSE c.image END)",
				"c.unknown", "c.relation", "NULL");
		String changes = """
				%s.change c
				         WHERE c.source = p.source AND c.relation IN %s AND c.relation >= p.first_relation AND c.position <= p.upto
				           AND c.committed_at <= p.upto_time AND (c.position, c.ordinal) > (p.after_position, p.after_ordinal)
				           AND (c.position > p.found_position OR (c.operation = 'B' AND c.position = p.found_position))
				           AND c.operation IN"""
			.formatted(this.store, Sql.list(relations));
		return """
				SELECT %1$s
				  FROM %2$s
				 CROSS JOIN LATERAL (
				       SELECT w.image, sum(w.weight) AS times FROM (
				        SELECT %3$s AS image, 1 AS weight FROM %4$s ('C', 'B', 'U')
				         UNION ALL
				        SELECT %5$s, -1 FROM %4$s ('D', 'U')) w
				        GROUP BY w.image HAVING sum(w.weight) > 0) n
				 CROSS JOIN LATERAL pg_catalog.generate_series(1, n.times) copy
				 CROSS JOIN LATERAL %6$s""".formatted(columns(Map.of(), "n.image"), past(), image, changes, before,
				populated("n.image"));
	}

	/**
	 * The indexes on the table of changes: what is indexed, and of which rows.
	 */
	List<String> indexes() {
		List<Long> keyed = versions((version) -> !source(version).key(version).isEmpty());
		if (keyed.isEmpty()) {
			return List.of();
		}
		Set<String> expressions = new LinkedHashSet<>();
		expressions.add("primary_key, position, ordinal");
		if (this.lookups.keySet().containsAll(this.key)) {
			expressions.add(this.key.stream().map(this::indexed).collect(Collectors.joining(", ")));
		}
		this.lookups.keySet()
			.stream()
			.filter((name) -> !this.key.subList(0, Math.min(1, this.key.size())).contains(name))
			.forEach((name) -> expressions.add(indexed(name)));
		String condition = beginning("", keyed);
		return expressions.stream().map((expression) -> "(" + expression + ") WHERE " + condition).toList();
	}

	private String indexed(String name) {
		return "(" + lookup(name, "") + ")";
	}

}
