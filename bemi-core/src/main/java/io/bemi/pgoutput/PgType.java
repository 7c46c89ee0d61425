package io.bemi.pgoutput;

import java.util.List;

/**
 * The structure of a type: what has to be known of it to turn its text into JSON.
 */
public sealed interface PgType {

	/**
	 * A type whose text is one JSON string: enums, ranges, and all base types but the
	 * built-in ones that {@link JsonValues} knows to be something else.
	 */
	record Base() implements PgType {
	}

	/**
	 * A domain, which looks like the type below it.
	 *
	 * @param base the object id of the type that it constrains, which may be a domain too
	 */
	record Domain(int base) implements PgType {
	}

	/**
	 * A true array ({@code typsubscript = array_subscript_handler}).
	 *
	 * @param element the element type's object id
	 * @param delimiter what separates elements ({@code typdelim} of the element)
	 */
	record Array(int element, char delimiter) implements PgType {
	}

	/**
	 * A composite type, or the row type of a table.
	 *
	 * @param fields the fields in their order, without dropped ones
	 */
	record Composite(List<Field> fields) implements PgType {

		public Composite {
			fields = List.copyOf(fields);
		}

	}

	/**
	 * A field of a composite type.
	 *
	 * @param name the field's name
	 * @param typeOid the type's object id
	 */
	record Field(String name, int typeOid) {
	}

	/**
	 * The type of the extension {@code hstore}. {@code to_jsonb} uses its cast to
	 * {@code json}, so it is an object. Other types with a cast to {@code json} of their
	 * own stay {@link Base}.
	 */
	record Hstore() implements PgType {
	}

}
