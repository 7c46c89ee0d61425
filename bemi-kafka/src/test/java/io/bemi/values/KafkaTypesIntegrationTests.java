package io.bemi.values;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import io.bemi.kafka.TwoPaths;
import io.bemi.testsupport.PostgresServer;
import io.bemi.values.ColumnType.Traits;
import io.bemi.values.RandomTable.Column;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares random values of every type that have come by Kafka with those that have come
 * directly: they are the same, or not there.
 */
class KafkaTypesIntegrationTests {

	private static final int ROWS = 24;

	private static final String SAME = "the same";

	private static final String SOME = "the same, but for some values in quarantine";

	private static final String DOTTED = "with a dot in its name: ";

	private static final String NOT_RECORDED = "not at all";

	private static final Set<String> LOST = Set.of("money", "timetz", "varbit", "int2vector", "oidvector", "polygon");

	private static final Set<String> IN_ARRAYS = Set.of("bool", "int2", "int4", "int8", "oid", "float4", "float8",
			"text", "varchar", "bpchar", "char", "bytea", "uuid", "json", "jsonb");

	/** By table and column how many values came, and what became of them. */
	private static final String VALUES = """
			WITH d AS (SELECT row_number() OVER (ORDER BY position, ordinal) AS n, * FROM direct.changes),
			     k AS (SELECT row_number() OVER (ORDER BY position, ordinal) AS n, * FROM kafka.changes)
			SELECT d."table", e.key, count(*) FILTER (WHERE k.values -> e.key IS NOT NULL AND (k.values -> e.key)::text = e.value::text),
			       count(*) FILTER (WHERE k.values -> e.key IS NULL AND e.key = ANY (k.unknown)),
			       count(*) FILTER (WHERE k.values -> e.key IS NULL AND e.key <> ALL (k.unknown)),
			       (array_agg(left(e.value::text, 200) || ' became ' || left((k.values -> e.key)::text, 200))
			          FILTER (WHERE k.values -> e.key IS NOT NULL AND (k.values -> e.key)::text <> e.value::text))[1]
			  FROM d JOIN k USING (n) CROSS JOIN LATERAL jsonb_each(d.values) e
			 WHERE d.schema = 'app' AND d."table" <> 'barrier' GROUP BY 1, 2
			""";

	private static final String COUNTS = "SELECT \"table\", operation, count(*) FROM %s.changes GROUP BY 1, 2 ORDER BY 1, 2";

	private final Set<String> created = new HashSet<>();

	private final long seed = Long.getLong("bemi.types.seed", Boolean.getBoolean("bemi.soak") ? System.nanoTime() : 1);

	private final Random random = new Random(this.seed);

	@Test
	void everyValueIsTheSameOrAbsent() throws Exception {
		List<String> setUp = new ArrayList<>(List.of("CREATE SCHEMA app", "CREATE SCHEMA ext", "CREATE SCHEMA oracle",
				TypeOracle.FUNCTIONS, TypeOracle.ODD_OBJECTS, "DROP PUBLICATION bemi"));
		ExtensionTypes.EXTENSIONS.stream()
			.filter(List.of("hstore", "citext", "ltree", "cube", "seg", "isn", "intarray", "lo",
					"earthdistance")::contains)
			.forEach((name) -> setUp.add("CREATE EXTENSION \"" + name + "\" SCHEMA ext CASCADE"));
		try (TwoPaths paths = TwoPaths.on(setUp.toArray(String[]::new))) {
			paths.startConsumer();
			Map<String, String> labels = new LinkedHashMap<>();
			Map<String, ColumnType> columns = columns();
			List<String> names = new ArrayList<>(columns.keySet());
			for (int i = 0; i < names.size(); i += 40) {
				List<String> some = names.subList(i, Math.min(i + 40, names.size()));
				RandomTable table = table(some.stream().map(columns::get).toList());
				write(paths, table);
				for (int column = 0; column < some.size(); column++) {
					labels.put(table.name() + "|" + table.columns().get(column).name(),
							label(some.get(column), Objects.requireNonNull(columns.get(some.get(column)))));
				}
			}
			paths.awaitStored(Duration.ofMinutes(2));
			assertThat(paths.query(COUNTS.formatted("kafka"))).as("seed %d", this.seed)
				.isEqualTo(paths.query(COUNTS.formatted("direct")));
			List<String> wrong = new ArrayList<>();
			for (String line : paths.query(VALUES)) {
				String[] parts = line.split("\\|(?=\\d+\\|\\d+\\|\\d+\\|)", 2);
				String[] counts = parts[1].split("\\|", 4);
				String label = labels.getOrDefault(parts[0], "int8");
				String came = !counts[2].equals("0") ? NOT_RECORDED : counts[1].equals("0") ? SAME : SOME;
				if (!counts[3].equals("null")) {
					wrong.add(label + ": " + counts[3]);
				}
				else if (!came.equals(documented(label)) && !(came.equals(SAME) && documented(label).equals(SOME))) {
					wrong.add(label + ": expected " + documented(label) + ", but came " + came);
				}
			}
			assertThat(wrong).as("seed %d", this.seed).isEmpty();
		}
	}

	/**
	 * A name that the connector does not misread.
	 */
	private RandomTable table(List<ColumnType> types) {
		RandomTable table;
		do {
			table = RandomTable.of(this.random, types, ROWS);
		}
		while (table.name().startsWith("\"") || table.name().contains("''") || table.name().contains("``"));
		return table;
	}

	private static String label(String name, ColumnType type) {
		boolean dotted = type.sql().replaceFirst("^app\\.", "").contains(".");
		return (dotted && (name.startsWith("domain") || name.equals("enum"))) ? DOTTED + name : name;
	}

	/**
	 * What {@code docs/types.md} says of a type.
	 */
	private static String documented(String label) {
		if (label.startsWith(DOTTED)) {
			return NOT_RECORDED;
		}
		String base = label.replace("domain over ", "").replace("[]", "").trim();
		if (label.endsWith("[]")) {
			return (IN_ARRAYS.contains(base) && !label.startsWith("domain")) ? SOME : NOT_RECORDED;
		}
		if (base.equals("timestamp")) {
			return SOME;
		}
		return (LOST.contains(base) && !label.startsWith("composite")) ? NOT_RECORDED : SAME;
	}

	/**
	 * Each type alone, in an array, in a domain, and in a composite.
	 */
	private Map<String, ColumnType> columns() {
		Map<String, ColumnType> scalars = new TreeMap<>(new BuiltinTypes(PostgresServer.DEFAULT_VERSION).types());
		scalars.putAll(new ExtensionTypes().types());
		// With seconds in its zone it stops the connector.
		scalars.put("timetz", ColumnType.texts("timetz",
				(random) -> "12:00:0%d.5+0%d:30".formatted(random.nextInt(10), random.nextInt(10))));
		// Infinity, which there is from 17 on, comes as zero.
		scalars.put("interval", ColumnType.texts("interval", (random) -> Times.interval(random, 16)));
		Map<String, ColumnType> columns = new LinkedHashMap<>();
		scalars.forEach((name, type) -> {
			columns.put(name, type);
			if (!type.traits().alone()) {
				ColumnType domain = UserTypes.domain(this.random, type);
				columns.put("domain over " + name, domain);
				columns.put(name + "[]", UserTypes.array(type, true));
				columns.put("domain over " + name + " []", UserTypes.array(domain, true));
				columns.put("composite of " + name, UserTypes.composite(this.random, List.of(type, domain)));
			}
		});
		ColumnType mood = UserTypes.enumeration(this.random);
		columns.put("enum", mood);
		columns.put("enum[]", UserTypes.array(mood, true));
		columns.put("json that jsonb refuses", ColumnType.of("json", Documents::refusable).with(Traits.REFUSABLE));
		return columns;
	}

	private void write(TwoPaths paths, RandomTable table) {
		table.types().stream().filter(this.created::add).forEach(paths.database()::execute);
		String list = RandomTable.list(table.columns());
		List<Column> columns = table.columns();
		paths.database()
			.execute(table.definition(),
					"ALTER TABLE " + table.quoted() + " REPLICA IDENTITY " + (table.full() ? "FULL" : "DEFAULT"),
					"SET DateStyle = 'ISO'; INSERT INTO %s (id, %s) VALUES\n%s".formatted(table.quoted(), list,
							table.values(false)),
					"UPDATE %1$s t SET (%2$s) = (SELECT %2$s FROM %1$s o WHERE o.id = t.id %% %3$d + 1)"
						.formatted(table.quoted(), list, table.rows().size()),
					"UPDATE %1$s SET %2$s = NULL WHERE id %% 2 = 0".formatted(table.quoted(), columns.get(0).quoted()),
					"DELETE FROM " + table.quoted() + " WHERE id % 3 = 0");
	}

}
