package io.bemi.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.bemi.values.ColumnType.Traits;

/**
 * Makes types of types: arrays, domains, composites, enums and ranges, in each other.
 */
final class UserTypes {

	/** Those that have an order and are not exotic. */
	private static final List<String> SUBTYPES = List.of("text", "float8", "uuid", "inet", "time", "varbit", "bool",
			"interval", "numeric");

	private final BuiltinTypes builtin;

	private final List<ColumnType> scalars;

	UserTypes(BuiltinTypes builtin, List<ColumnType> scalars) {
		this.builtin = builtin;
		this.scalars = scalars;
	}

	/**
	 * A random type of at most so many levels.
	 */
	ColumnType type(Random random, int levels) {
		ColumnType type = type(random, levels, true);
		return (type.traits() == Traits.UNREADABLE) ? type(random, levels) : type;
	}

	private ColumnType type(Random random, int levels, boolean bounds) {
		if (levels == 0) {
			return Texts.pick(random, this.scalars);
		}
		return switch (random.nextInt(10)) {
			case 0, 1, 2 -> array(made(random, levels), bounds);
			case 3, 4 -> domain(random, made(random, levels));
			case 5, 6 -> composite(random, levels);
			case 7 -> enumeration(random);
			case 8 -> range(random);
			default -> type(random, levels - 1, bounds);
		};
	}

	/** What goes into other types. */
	private ColumnType made(Random random, int levels) {
		ColumnType type = type(random, levels - 1, false);
		return type.traits().alone() ? made(random, levels) : type;
	}

	static ColumnType array(ColumnType element, boolean bounds) {
		if (element.sql().endsWith("[]")) {
			return element;
		}
		String type = element.sql() + "[]";
		// An array in an array, by a domain, looks like one more dimension.
		Traits traits = element.traits().lostInArrays() ? Traits.LOST : Traits.LOST_IN_ARRAYS;
		return new ColumnType(type, element.ddl(), traits, (random) -> {
			int dimensions = random.nextInt(4);
			if (dimensions == 0) {
				return Value.of("'{}'::" + type);
			}
			int[] sizes = random.ints(dimensions, 1, 4).toArray();
			List<Value> leaves = new ArrayList<>();
			for (int i = IntStream.of(sizes).reduce(1, (a, b) -> a * b); i > 0; i--) {
				leaves.add((random.nextInt(8) == 0) ? Value.of("NULL") : element.value(random));
			}
			String sql = array(leaves.stream().map(Value::sql).toList(), sizes, 0) + "::" + type;
			String returned = array(leaves.stream().map(Value::returned).toList(), sizes, 0) + "::" + type;
			if (bounds && random.nextBoolean()) {
				String lower = random.ints(dimensions, -3, 4)
					.mapToObj(String::valueOf)
					.collect(Collectors.joining(", "));
				sql = "oracle.bounded(" + sql + ", ARRAY[" + lower + "])";
			}
			return new Value(sql, returned);
		});
	}

	private static String array(List<String> leaves, int[] sizes, int dimension) {
		if (dimension == sizes.length) {
			return leaves.get(0);
		}
		int size = leaves.size() / sizes[dimension];
		return ((dimension == 0) ? "ARRAY[" : "[") + IntStream.range(0, sizes[dimension])
			.mapToObj((i) -> array(leaves.subList(i * size, (i + 1) * size), sizes, dimension + 1))
			.collect(Collectors.joining(", ")) + "]";
	}

	static ColumnType domain(Random random, ColumnType base) {
		String name = name(random);
		String check = random.nextBoolean() ? " CHECK (VALUE IS NULL OR VALUE::text IS NOT NULL)" : "";
		return new ColumnType(name, with(base.ddl(), "CREATE DOMAIN " + name + " AS " + base.sql() + check),
				base.traits().lostInDomains() ? Traits.UNREADABLE : base.traits(), (values) -> {
					Value value = base.value(values);
					return new Value("(" + value.sql() + ")::" + name, "(" + value.returned() + ")::" + name);
				});
	}

	private ColumnType composite(Random random, int levels) {
		return composite(random, IntStream.range(0, random.nextInt(5)).mapToObj((i) -> made(random, levels)).toList());
	}

	static ColumnType composite(Random random, List<ColumnType> fields) {
		String name = name(random);
		List<String> names = fields.stream().map((field) -> Texts.quoted(Texts.name(random))).toList();
		List<String> ddl = new ArrayList<>(
				fields.stream().map(ColumnType::ddl).flatMap(List::stream).distinct().toList());
		boolean dropped = random.nextInt(3) == 0;
		ddl.add("CREATE TYPE " + name + " AS ("
				+ Stream
					.concat(dropped ? Stream.of("dropped int") : Stream.empty(),
							IntStream.range(0, fields.size()).mapToObj((i) -> names.get(i) + " " + fields.get(i).sql()))
					.collect(Collectors.joining(", "))
				+ ")");
		if (dropped) {
			ddl.add("ALTER TYPE " + name + " DROP ATTRIBUTE dropped");
		}
		boolean lost = fields.stream().anyMatch((field) -> field.traits().lost());
		return new ColumnType(name, ddl, lost ? Traits.LOST : Traits.NONE, (values) -> {
			List<Value> row = fields.stream()
				.map((field) -> (values.nextInt(6) == 0) ? Value.of("NULL") : field.value(values))
				.toList();
			return new Value(row(row.stream().map(Value::sql).toList(), name),
					row(row.stream().map(Value::returned).toList(), name));
		});
	}

	private static String row(List<String> fields, String type) {
		return "ROW(" + String.join(", ", fields) + ")::" + type;
	}

	static ColumnType enumeration(Random random) {
		String name = name(random);
		List<String> labels = IntStream.rangeClosed(0, random.nextInt(5))
			.mapToObj((i) -> Texts.literal(Texts.name(random)))
			.toList();
		return new ColumnType(name, List.of("CREATE TYPE " + name + " AS ENUM (" + String.join(", ", labels) + ")"),
				Traits.NONE, (values) -> Value.of(Texts.pick(values, labels) + "::" + name));
	}

	private ColumnType range(Random random) {
		ColumnType known = this.builtin.type(Texts.pick(random, SUBTYPES));
		ColumnType subtype = switch (random.nextInt(5)) {
			case 0 -> enumeration(random);
			case 1 -> domain(random, known);
			default -> known;
		};
		String name = name(random);
		String multirange = name(random);
		String ddl = "CREATE TYPE " + name + " AS RANGE (subtype = " + subtype.sql() + ", multirange_type_name = "
				+ multirange + ")";
		ColumnType range = BuiltinTypes.range(name, subtype.values());
		boolean multi = random.nextBoolean();
		Function<Random, Value> values = (multi ? BuiltinTypes.multirange(multirange, range) : range).values();
		return new ColumnType(multi ? multirange : name, with(subtype.ddl(), ddl), Traits.NONE, values);
	}

	private static List<String> with(List<String> ddl, String more) {
		return Stream.concat(ddl.stream(), Stream.of(more)).toList();
	}

	private static String name(Random random) {
		return "app." + Texts.quoted(Texts.name(random));
	}

}
