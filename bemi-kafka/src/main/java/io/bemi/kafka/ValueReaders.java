package io.bemi.kafka;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Knows which types the connector carries without losing anything. What it may lose is
 * not read: better a column that is not recorded than one that is wrong.
 */
final class ValueReaders {

	/** Texts as the server prints them. */
	private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "char", "int2", "int4", "int8", "oid",
			"uuid", "json", "jsonb");

	/** The same, but arrays of several dimensions may become null. */
	private static final Set<String> SINGLE_TEXTS = Set.of("name", "xml", "tsvector", "inet", "cidr", "macaddr",
			"macaddr8", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange");

	/** Extensions' types that the connector knows. */
	private static final Set<String> KNOWN_EXTENSIONS = Set.of("citext", "ltree", "isbn");

	/** What the connector gives cannot be turned back. */
	private static final Set<String> LOST = Set.of("money", "timetz", "varbit", "int2vector", "oidvector");

	/** The connector knows them, and makes something else of them. */
	private static final Set<String> LOST_EXTENSIONS = Set.of("geometry", "geography", "vector", "halfvec",
			"sparsevec");

	private static final Map<String, ValueReader> READERS = Map.of("bool", ValueReader.BOOLEAN, "bytea",
			ValueReader.BYTES, "float4", (value) -> Numbers.float4(ValueReader.text(value)), "float8",
			(value) -> Numbers.float8(ValueReader.text(value)), "numeric",
			(value) -> Numbers.numeric(ValueReader.text(value)), "date", (value) -> Times.date(number(value)), "time",
			(value) -> Times.time(number(value)), "timestamp", (value) -> Times.timestamp(number(value)), "timestamptz",
			(value) -> Times.timestamptz(ValueReader.text(value)), "interval",
			(value) -> Times.interval(ValueReader.text(value)));

	/** What the connector reads into numbers, and writes in its own way. */
	private static final Set<String> GEOMETRIC = Set.of("box", "circle", "line", "lseg", "path", "point", "polygon");

	/**
	 * In arrays times lose their era or their microseconds, and NaN makes an array null.
	 */
	private static final Map<String, ValueReader> IN_ARRAYS = Map.of("bool", ValueReader.BOOLEAN, "bytea",
			ValueReader.BYTES, "float4", (value) -> Numbers.float4(ValueReader.text(value)), "float8",
			(value) -> Numbers.float8(ValueReader.text(value)));

	private ValueReaders() {
	}

	private static long number(Object value) {
		return Long.parseLong(ValueReader.text(value));
	}

	/**
	 * How values of a column are read.
	 * @param type the column's type
	 * @param field the column as the connector describes it
	 * @return the reader; {@code null} when the values cannot be known
	 */
	static @Nullable ValueReader of(SourceType type, Field field) {
		if (type.isBuiltIn() && LOST.contains(type.name())) {
			return null;
		}
		SourceType element = type.element();
		if (element != null) {
			ValueReader reader = field.type().equals("array") ? element(element) : null;
			return (reader != null) ? ValueReader.array(reader) : null;
		}
		if (type.isBuiltIn()) {
			return builtIn(type, field);
		}
		if (type.kind() == 'e' || KNOWN_EXTENSIONS.contains(type.name())) {
			return ValueReader.TEXT;
		}
		if (type.name().equals("hstore")) {
			return ValueReader.hstore();
		}
		return (isUnknown(field) && !LOST_EXTENSIONS.contains(type.name())) ? ValueReader.HEXADECIMAL : null;
	}

	private static @Nullable ValueReader builtIn(SourceType type, Field field) {
		String name = type.name();
		if (TEXTS.contains(name) || SINGLE_TEXTS.contains(name)) {
			return ValueReader.TEXT;
		}
		if (name.equals("bit")) {
			String length = field.type().equals("boolean") ? "1" : field.length();
			return length.isEmpty() ? null : ValueReader.bits(Integer.parseInt(length));
		}
		if (GEOMETRIC.contains(name)) {
			return isUnknown(field) ? (value) -> Numbers.inText(ValueReader.HEXADECIMAL.read(value))
					: Geometry.of(name);
		}
		ValueReader reader = READERS.get(name);
		return (reader != null) ? reader : isUnknown(field) ? ValueReader.HEXADECIMAL : null;
	}

	/**
	 * Whether the connector does not know the type, so that it passes the text on.
	 */
	private static boolean isUnknown(Field field) {
		return field.type().equals("string") && field.semantic().isEmpty();
	}

	private static @Nullable ValueReader element(SourceType type) {
		if (type.isDomain() || !type.isBuiltIn()) {
			return null;
		}
		return TEXTS.contains(type.name()) ? ValueReader.TEXT : IN_ARRAYS.get(type.name());
	}

}
