package io.bemi.values;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.bemi.values.ColumnType.Traits;

/**
 * Every type of the server that can be a column, with random values.
 */
final class BuiltinTypes {

	private final Map<String, ColumnType> types = new TreeMap<>();

	BuiltinTypes(int version) {
		numbers();
		characters();
		times(version);
		network();
		geometry();
		documents();
		system();
		ranges();
		vectors();
	}

	ColumnType type(String name) {
		return Objects.requireNonNull(this.types.get(name), name);
	}

	/**
	 * The types by their names in {@code pg_type}.
	 */
	Map<String, ColumnType> types() {
		return this.types;
	}

	private void texts(String name, Function<Random, String> texts) {
		add(name, ColumnType.texts(name, texts));
	}

	private void add(String name, ColumnType type) {
		this.types.put(name, type);
	}

	private void numbers() {
		texts("bool", (random) -> String.valueOf(random.nextBoolean()));
		texts("int2", (random) -> Numbers.signed(random, 16));
		texts("int4", (random) -> Numbers.signed(random, 32));
		texts("int8", (random) -> Numbers.signed(random, 64));
		texts("numeric", Numbers::numeric);
		add("float4", ColumnType.of("float4", (random) -> floating(Numbers.float4(random), "float4")));
		add("float8", ColumnType.of("float8", (random) -> floating(Numbers.float8(random), "float8")));
		add("money", ColumnType.of("money", (random) -> Value.of(money(random))));
	}

	/** {@code jsonb} has no -0. */
	private static Value floating(String text, String type) {
		String sql = Texts.literal(text) + "::" + type;
		return new Value(sql, text.equals("-0") ? "'0'::" + type : sql);
	}

	private static String money(Random random) {
		return (random.nextInt(10) == 0)
				? Texts.pick(random, List.of("(-92233720368547758.08)::numeric::money", "92233720368547758.07::money"))
				: "(" + (random.nextInt(2_000_000) - 1_000_000) + "::numeric / 100)::money";
	}

	private void characters() {
		texts("text", Texts::text);
		texts("varchar", Texts::text);
		texts("refcursor", Texts::text);
		add("bpchar", ColumnType.texts("character(12)", (random) -> Texts.text(random, random.nextInt(12), 100)));
		texts("name", (random) -> Texts.text(random, random.nextInt(40), 63));
		add("char", ColumnType.texts("pg_catalog.\"char\"",
				(random) -> (random.nextInt(10) == 0) ? "" : String.valueOf((char) (1 + random.nextInt(127)))));
		add("bytea", ColumnType.texts("bytea", BuiltinTypes::bytes));
		add("bit", ColumnType.texts("bit(7)", (random) -> bits(random, 7)));
		texts("varbit", (random) -> bits(random, random.nextInt(100)));
		texts("uuid", (random) -> new java.util.UUID(random.nextLong(), random.nextLong()).toString());
	}

	private static String bytes(Random random) {
		return "\\x" + IntStream.range(0, random.nextInt(40))
			.mapToObj((i) -> "%02x".formatted(random.nextInt(256)))
			.collect(Collectors.joining());
	}

	private static String bits(Random random, int length) {
		return random.ints(length, 0, 2).mapToObj(String::valueOf).collect(Collectors.joining());
	}

	private void times(int version) {
		texts("date", Times::date);
		texts("time", Times::time);
		texts("timetz", Times::timetz);
		texts("timestamp", Times::timestamp);
		texts("timestamptz", Times::timestamptz);
		texts("interval", (random) -> Times.interval(random, version));
	}

	private void network() {
		texts("inet", (random) -> address(random) + (random.nextBoolean() ? "/" + random.nextInt(33) : ""));
		add("cidr", ColumnType.of("cidr",
				(random) -> Value.of("network('" + address(random) + "/" + random.nextInt(33) + "'::inet)::cidr")));
		texts("macaddr", (random) -> hex(random, 6));
		texts("macaddr8", (random) -> hex(random, 8));
	}

	private static String address(Random random) {
		if (random.nextBoolean()) {
			return random.ints(4, 0, 256).mapToObj(String::valueOf).collect(Collectors.joining("."));
		}
		return random.ints(8, 0, 65_536)
			.map((group) -> random.nextBoolean() ? 0 : group)
			.mapToObj(Integer::toHexString)
			.collect(Collectors.joining(":"));
	}

	private static String hex(Random random, int bytes) {
		return random.ints(bytes, 0, 256).mapToObj("%02x"::formatted).collect(Collectors.joining(":"));
	}

	private void geometry() {
		texts("point", BuiltinTypes::point);
		texts("lseg", (random) -> "[" + point(random) + "," + point(random) + "]");
		texts("box", (random) -> point(random) + "," + point(random));
		texts("line", (random) -> "{1," + random.nextInt(9) + "," + Numbers.coordinate(random) + "}");
		texts("circle", (random) -> "<" + point(random) + "," + random.nextInt(100) + ">");
		texts("polygon", (random) -> "(" + points(random) + ")");
		texts("path", (random) -> random.nextBoolean() ? "[" + points(random) + "]" : "(" + points(random) + ")");
	}

	private static String point(Random random) {
		return "(" + Numbers.coordinate(random) + "," + Numbers.coordinate(random) + ")";
	}

	private static String points(Random random) {
		return IntStream.rangeClosed(0, random.nextInt(4))
			.mapToObj((i) -> point(random))
			.collect(Collectors.joining(","));
	}

	private void documents() {
		add("json", ColumnType.of("json", Documents::json).with(Traits.LOST_IN_ARRAYS));
		add("jsonb", ColumnType.of("jsonb", Documents::jsonb).with(Traits.LOST_IN_ARRAYS));
		texts("jsonpath", Documents::jsonpath);
		add("xml", ColumnType.of("xml", Documents::xml));
		texts("tsvector", Documents::tsvector);
		texts("tsquery", Documents::tsquery);
	}

	private void system() {
		texts("oid", (random) -> Numbers.unsigned(random, 32));
		texts("xid", (random) -> Numbers.unsigned(random, 32));
		texts("cid", (random) -> Numbers.unsigned(random, 32));
		texts("xid8", (random) -> Numbers.unsigned(random, 64));
		texts("tid", (random) -> "(" + Numbers.unsigned(random, 32) + "," + random.nextInt(65_536) + ")");
		texts("pg_lsn",
				(random) -> Integer.toHexString(random.nextInt()) + "/" + Integer.toHexString(random.nextInt()));
		texts("pg_snapshot", BuiltinTypes::snapshot);
		texts("txid_snapshot", BuiltinTypes::snapshot);
		texts("aclitem", (random) -> Texts.pick(random,
				List.of("=r/postgres", "postgres=arwdDxt/postgres", "pg_monitor=U*/postgres")));
		// The names of functions and operators that are not alone do not come back.
		names("regproc", "now", "pg_catalog.txid_current", "oracle.\"Ödd \"\"x\"\" name\"", "-");
		names("regprocedure", "abs(integer)", "now()", "oracle.\"Ödd \"\"x\"\" name\"(integer)", "-");
		names("regoper", "||/", "|/", "0");
		names("regoperator", "+(integer,integer)", "!!(NONE,tsquery)", "||/(NONE,double precision)", "0");
		names("regclass", "pg_class", "app.barrier", "oracle.\"Ödd \"\"x\"\" table\"", "1", "-");
		names("regtype", "timestamp with time zone", "integer[]", "oracle.\"Ödd \"\"x\"\" table\"", "1", "-");
		names("regconfig", "english", "oracle.\"Ödd config\"", "-");
		names("regdictionary", "simple", "-");
		names("regnamespace", "pg_catalog", "oracle", "\"Ödd schema\"", "-");
		names("regrole", "pg_monitor", "postgres", "-");
		names("regcollation", "\"C\"", "\"POSIX\"", "-");
	}

	private void names(String type, String... names) {
		texts(type, (random) -> Texts.pick(random, List.of(names)));
	}

	private static String snapshot(Random random) {
		long xmin = 1L + random.nextInt(1_000_000);
		return xmin + ":" + (xmin + 100) + ":"
				+ IntStream.range(0, 100)
					.filter((i) -> random.nextInt(20) == 0)
					.mapToObj((i) -> String.valueOf(xmin + i))
					.collect(Collectors.joining(","));
	}

	private void ranges() {
		Map.of("int4", "int4", "int8", "int8", "num", "numeric", "date", "date", "ts", "timestamp", "tstz",
				"timestamptz")
			.forEach((prefix, subtype) -> {
				Function<Random, Value> bound = switch (subtype) {
					case "int4", "int8" -> (random) -> Value.of(String.valueOf(random.nextInt()));
					// The upper bound of what includes it is the next day.
					case "date" -> (random) -> Value
						.of("least(" + Texts.literal(Times.date(random)) + "::date, '5874897-01-01'::date)");
					default -> type(subtype).values();
				};
				ColumnType range = range("pg_catalog." + prefix + "range", bound);
				add(prefix + "range", range);
				add(prefix + "multirange", multirange("pg_catalog." + prefix + "multirange", range));
			});
	}

	static ColumnType range(String name, Function<Random, Value> bound) {
		return ColumnType.of(name, (random) -> {
			if (random.nextInt(8) == 0) {
				return Value.literal(Texts.pick(random, List.of("empty", "(,)")), name);
			}
			String one = bound.apply(random).sql();
			String other = bound.apply(random).sql();
			String lower = (random.nextInt(6) == 0) ? "NULL" : "least(" + one + ", " + other + ")";
			String upper = (random.nextInt(6) == 0) ? "NULL" : "greatest(" + one + ", " + other + ")";
			String bounds = Texts.pick(random, List.of("'[]'", "'[)'", "'(]'", "'()'"));
			return Value.of(name + "(" + lower + ", " + upper + ", " + bounds + ")");
		});
	}

	static ColumnType multirange(String name, ColumnType range) {
		return ColumnType.of(name,
				(random) -> Value.of(name + "("
						+ IntStream.range(0, random.nextInt(4))
							.mapToObj((i) -> range.value(random).sql())
							.collect(Collectors.joining(", "))
						+ ")"));
	}

	private void vectors() {
		add("int2vector", ColumnType.texts("int2vector", (random) -> vector(random, 16)).with(Traits.LOST_IN_ARRAYS));
		add("oidvector", ColumnType.texts("oidvector", (random) -> vector(random, 32)).with(Traits.LOST_IN_ARRAYS));
		// There are values of these, but no one can give them.
		this.types.put("pg_node_tree", catalogue("pg_node_tree", "SELECT expression FROM oracle.internals"));
		this.types.put("pg_ndistinct", catalogue("pg_ndistinct", "SELECT ndistinct FROM oracle.internals"));
		this.types.put("pg_dependencies", catalogue("pg_dependencies", "SELECT dependencies FROM oracle.internals"));
		this.types.put("pg_mcv_list", catalogue("pg_mcv_list", "SELECT mcv FROM oracle.internals"));
	}

	private static String vector(Random random, int bits) {
		return IntStream.rangeClosed(0, random.nextInt(4))
			.mapToObj((i) -> (bits == 16) ? Numbers.signed(random, bits) : Numbers.unsigned(random, bits))
			.collect(Collectors.joining(" "));
	}

	private static ColumnType catalogue(String type, String query) {
		return ColumnType.of(type, (random) -> Value.of("(" + query + ")")).with(Traits.LOST_ALONE);
	}

}
