package io.bemi.pgoutput;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns values from the text that a type's output function gives into the JSON that
 * {@code to_jsonb} gives, with decimals exact. The text must come from a session with
 * {@code TimeZone = 'UTC'}, {@code DateStyle = 'ISO'}, {@code bytea_output = 'hex'} and
 * {@code IntervalStyle = 'postgres'}.
 * <p>
 * A value of type {@code json} or {@code jsonb} that is not accepted by
 * {@link Jsonb#accepts} (as {@code json} with <code>&#92;u0000</code>) becomes a JSON
 * string that holds its text, so the result can always be stored as {@code jsonb}. Keeps
 * what it learns of types; not thread-safe.
 */
public final class JsonValues {

	private final TypeCatalog catalog;

	private final Map<Integer, JsonValue> values = new HashMap<>();

	/**
	 * Creates values of the types of one database.
	 * @param catalog knows types that are not built in; asked once for each
	 */
	public JsonValues(TypeCatalog catalog) {
		this.catalog = catalog;
		JsonScalar.known(this.values);
	}

	/**
	 * Appends the JSON form of a value that is not null.
	 * @param out what to append to
	 * @param typeOid the type's object id
	 * @param text what the type's output function gave
	 * @throws PgOutputException when the text does not fit the structure that the
	 * catalogue gives for the type, as after an {@code ALTER TYPE} that the catalogue
	 * does not know of; the appended part is then useless
	 */
	public void append(StringBuilder out, int typeOid, String text) {
		of(typeOid).append(out, text);
	}

	/**
	 * The JSON form of a value that has text. Texts, numbers and documents stay where
	 * they are.
	 * @param typeOid the type's object id
	 * @param row the row
	 * @param column the value's index in it
	 * @return the JSON form
	 * @throws PgOutputException as above
	 */
	public JsonBytes read(int typeOid, Tuple row, int column) {
		return of(typeOid).read(row.data(column), row.offset(column), row.length(column));
	}

	JsonValue of(int typeOid) {
		// No computeIfAbsent: types refer to others.
		JsonValue known = this.values.get(typeOid);
		if (known == null) {
			PgType builtin = BuiltinTypes.type(typeOid);
			known = of((builtin != null) ? builtin : this.catalog.type(typeOid));
			this.values.put(typeOid, known);
		}
		return known;
	}

	private JsonValue of(PgType type) {
		if (type instanceof PgType.Domain domain) {
			return of(domain.base());
		}
		if (type instanceof PgType.Array array) {
			return new JsonArray(of(array.element()), array.delimiter());
		}
		if (type instanceof PgType.Composite composite) {
			List<String> names = composite.fields().stream().map(PgType.Field::name).toList();
			return new JsonComposite(names, composite.fields().stream().map((field) -> of(field.typeOid())).toList());
		}
		return (type instanceof PgType.Hstore) ? new JsonHstore() : JsonScalar.STRING;
	}

}
