package io.bemi.values;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

import io.bemi.values.ColumnType.Traits;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Compares {@code values} and {@code before} of random rows with what the server's
 * {@code to_jsonb} makes of them, and what {@code jsonb_populate_record} gives back with
 * the rows, end to end. The long form takes 100 000 rows per version.
 */
class TypeOracleIntegrationTests {

	private static final boolean SOAK = Boolean.getBoolean("bemi.soak");

	private static final int TRIES = 6;

	private static final int TABLES = SOAK ? 42 : 1;

	private static final int ROWS = SOAK ? 400 : 40;

	/**
	 * What may be the type of a column: all but true arrays, rows of tables, and
	 * pseudo-types.
	 */
	private static final String TYPES = """
			SELECT typname FROM pg_catalog.pg_type
			 WHERE typnamespace IN ('pg_catalog'::regnamespace, 'ext'::regnamespace) AND typtype IN ('b', 'r', 'm', 'd', 'e')
			   AND (typsubscript <> 'pg_catalog.array_subscript_handler'::regproc OR typname IN ('int2vector', 'oidvector'))
			""";

	/** Keys of indexes and the like, which nobody can write or store. */
	private static final List<String> WITHOUT_VALUES = List.of("gtsvector", "pg_brin_bloom_summary",
			"pg_brin_minmax_multi_summary", "ghstore", "ltree_gist", "gtrgm", "gbtreekey2", "gbtreekey4", "gbtreekey8",
			"gbtreekey16", "gbtreekey32", "gbtreekey_var", "intbig_gkey");

	private static final String WITHOUT_BINARY_INPUT = "SELECT typname FROM pg_catalog.pg_type WHERE typreceive = 0";

	private static final Map<Integer, TypeOracle> ORACLES = new HashMap<>();

	private static TypeOracle oracle(int version) throws SQLException, InterruptedException {
		TypeOracle oracle = ORACLES.get(version);
		if (oracle == null) {
			oracle = new TypeOracle(version);
			ORACLES.put(version, oracle);
		}
		return oracle;
	}

	@AfterContainer
	static void close() throws SQLException {
		for (TypeOracle oracle : ORACLES.values()) {
			oracle.close();
		}
	}

	@Example
	void coversEveryTypeOn14() throws SQLException, InterruptedException {
		coversEveryType(14);
	}

	@Example
	void coversEveryTypeOn18() throws SQLException, InterruptedException {
		coversEveryType(18);
	}

	private static void coversEveryType(int version) throws SQLException, InterruptedException {
		TypeOracle oracle = oracle(version);
		assertThat(oracle.extensions()).contains("hstore", "citext", "ltree", "cube", "seg", "isn", "intarray", "lo");
		TreeSet<String> covered = new TreeSet<>(new BuiltinTypes(version).types().keySet());
		covered.addAll(new ExtensionTypes().types().keySet());
		TreeSet<String> types = new TreeSet<>(oracle.database().query(TYPES));
		for (String type : WITHOUT_VALUES) {
			if (types.remove(type)) {
				assertThatIllegalStateException()
					.isThrownBy(() -> oracle.database().query("SELECT CAST('' AS " + type + ")"))
					.withMessageMatching("(?is).*(cannot accept a value|not implemented).*");
			}
		}
		assertThat(covered).containsExactlyInAnyOrderElementsOf(types);
	}

	@Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
	void everyTypeIsExactOn14(@ForAll("randoms") Random random) throws SQLException, InterruptedException {
		everyTypeIsExact(14, random);
	}

	@Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
	void everyTypeIsExactOn18(@ForAll("randoms") Random random) throws SQLException, InterruptedException {
		everyTypeIsExact(18, random);
	}

	/** Each type alone, in an array, in a domain, and in a composite. */
	private static void everyTypeIsExact(int version, Random random) throws SQLException, InterruptedException {
		List<ColumnType> columns = new ArrayList<>();
		for (ColumnType type : scalars(version)) {
			columns.add(type);
			if (!type.traits().alone()) {
				ColumnType domain = UserTypes.domain(random, type);
				columns.add(UserTypes.array(type, true));
				columns.add(UserTypes.array(domain, true));
				columns.add(UserTypes.composite(random, List.of(type, UserTypes.array(type, false), domain)));
			}
		}
		columns.add(ColumnType.of("json", Documents::refusable).with(Traits.REFUSABLE));
		for (int i = 0; i < columns.size(); i += 30) {
			oracle(version).check(random,
					RandomTable.of(random, columns.subList(i, Math.min(i + 30, columns.size())), 40));
		}
	}

	@Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
	void randomTablesAreExactOn14(@ForAll("randoms") Random random) throws SQLException, InterruptedException {
		randomTablesAreExact(14, random);
	}

	@Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
	void randomTablesAreExactOn18(@ForAll("randoms") Random random) throws SQLException, InterruptedException {
		randomTablesAreExact(18, random);
	}

	private static void randomTablesAreExact(int version, Random random) throws SQLException, InterruptedException {
		UserTypes types = new UserTypes(new BuiltinTypes(version), scalars(version));
		for (int table = 0; table < TABLES; table++) {
			List<ColumnType> columns = new ArrayList<>();
			for (int i = random.nextInt(8); i >= 0; i--) {
				columns.add(types.type(random, 3));
			}
			oracle(version).check(random, RandomTable.of(random, columns, ROWS));
		}
	}

	private static List<ColumnType> scalars(int version) throws SQLException, InterruptedException {
		List<String> unread = oracle(version).database().query(WITHOUT_BINARY_INPUT);
		Map<String, ColumnType> scalars = new TreeMap<>(new BuiltinTypes(version).types());
		scalars.putAll(new ExtensionTypes().types());
		unread.forEach((name) -> scalars.computeIfPresent(name, (same, type) -> type.lostInDomains()));
		return List.copyOf(scalars.values());
	}

	@Provide
	Arbitrary<Random> randoms() {
		return Arbitraries.randomValue((random) -> new Random(random.nextLong()));
	}

}
