package io.bemi.values;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.bemi.values.ColumnType.Traits;

/**
 * The types of the extensions that come with the server, in the schema {@code ext}.
 */
final class ExtensionTypes {

	/** Those with types. */
	static final List<String> EXTENSIONS = List.of("hstore", "citext", "ltree", "cube", "seg", "isn", "intarray", "lo",
			"earthdistance", "pg_trgm", "btree_gist", "tablefunc", "xml2", "uuid-ossp", "pgcrypto", "fuzzystrmatch",
			"unaccent", "dict_int", "btree_gin", "bloom", "pg_stat_statements", "pageinspect", "pgstattuple",
			"pg_buffercache");

	private final Map<String, ColumnType> types = new TreeMap<>();

	ExtensionTypes() {
		this.types.put("hstore", ColumnType.of("ext.hstore", (random) -> Value.of(hstore(random))).with(Traits.LOST));
		texts("citext", Texts::text);
		texts("ltree", ExtensionTypes::path);
		texts("lquery", (random) -> "*." + Texts.word(random) + "@*{1,2}.!" + Texts.word(random) + "|b%");
		texts("ltxtquery", (random) -> Texts.word(random) + " & !(b* | " + Texts.word(random) + "@)");
		texts("cube", (random) -> "(" + coordinates(random, 2) + "),(" + coordinates(random, 2) + ")");
		texts("seg", (random) -> Texts.pick(random, List.of("1.50 .. 2.5", "<3", "~5e3", "1(+-)2", "4 ..", "-7.000")));
		texts("query_int", (random) -> random.nextInt(9) + "&(" + random.nextInt(9) + "|!" + random.nextInt(9) + ")");
		this.types.put("lo",
				ColumnType.of("ext.lo", (random) -> Value.of(Numbers.unsigned(random, 32) + "::oid::ext.lo")));
		this.types.put("earth", ColumnType.of("ext.earth", (random) -> Value
			.of("ext.ll_to_earth(" + (random.nextInt(180) - 90) + ", " + (random.nextInt(360) - 180) + ")")));
		numbers();
	}

	Map<String, ColumnType> types() {
		return this.types;
	}

	private void texts(String name, Function<Random, String> texts) {
		this.types.put(name, ColumnType.texts("ext." + name, texts));
	}

	/** The check digit is the server's to find. */
	private void numbers() {
		Map.of("ean13", "460%09d", "isbn13", "978%09d", "ismn13", "9790%08d", "issn13", "977%07d00", "isbn", "%09d",
				"ismn", "M%08d", "issn", "%07d", "upc", "%011d")
			.forEach((name, digits) -> texts(name, (random) -> {
				String format = digits.replaceFirst("%0(\\d+)d", "%s");
				int length = Integer.parseInt(digits.replaceFirst(".*%0(\\d+)d.*", "$1"));
				return format.formatted(
						random.ints(length, 0, 10).mapToObj(String::valueOf).collect(Collectors.joining())) + "?";
			}));
	}

	private static String path(Random random) {
		return IntStream.range(0, random.nextInt(4))
			.mapToObj((i) -> Texts.word(random))
			.collect(Collectors.joining("."));
	}

	private static String coordinates(Random random, int count) {
		return IntStream.range(0, count).mapToObj((i) -> Numbers.coordinate(random)).collect(Collectors.joining(","));
	}

	private static String hstore(Random random) {
		int size = random.nextInt(4);
		return "ext.hstore(" + array(random, size, false) + ", " + array(random, size, true) + ")";
	}

	private static String array(Random random, int size, boolean nulls) {
		return "ARRAY[" + IntStream.range(0, size)
			.mapToObj((i) -> (nulls && random.nextInt(4) == 0) ? "NULL"
					: Texts.literal(Texts.text(random, random.nextInt(8), 100)))
			.collect(Collectors.joining(", ")) + "]::text[]";
	}

}
