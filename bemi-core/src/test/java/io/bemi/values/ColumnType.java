package io.bemi.values;

import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A type with its random values.
 *
 * @param sql the type, as in a column's definition
 * @param ddl what creates it, in order; nothing for a type that is there
 * @param traits what it cannot do
 * @param values draws a value
 */
record ColumnType(String sql, List<String> ddl, Traits traits, Function<Random, Value> values) {

	ColumnType {
		ddl = List.copyOf(ddl);
	}

	static ColumnType of(String sql, Function<Random, Value> values) {
		return new ColumnType(sql, List.of(), Traits.NONE, values);
	}

	/**
	 * A type by the texts that it reads.
	 */
	static ColumnType texts(String sql, Function<Random, String> texts) {
		return of(sql, (random) -> Value.literal(texts.apply(random), sql));
	}

	ColumnType with(Traits other) {
		return new ColumnType(this.sql, this.ddl, other, this.values);
	}

	ColumnType lostInDomains() {
		return with(new Traits(this.traits.lost(), this.traits.lostInArrays(), true, this.traits.alone(),
				this.traits.refusable()));
	}

	Value value(Random random) {
		return this.values.apply(random);
	}

	/**
	 * What a type cannot do.
	 *
	 * @param lost whether {@code jsonb_populate_record} refuses it
	 * @param lostInArrays whether it refuses arrays of it
	 * @param lostInDomains whether it refuses domains over it
	 * @param alone whether no other type is made of it
	 * @param refusable whether {@code to_jsonb} may refuse it
	 */
	record Traits(boolean lost, boolean lostInArrays, boolean lostInDomains, boolean alone, boolean refusable) {

		static final Traits NONE = new Traits(false, false, false, false, false);

		static final Traits LOST = new Traits(true, true, true, false, false);

		static final Traits LOST_IN_ARRAYS = new Traits(false, true, false, false, false);

		/** No row of a table with such a column can be made of JSON. */
		static final Traits UNREADABLE = new Traits(true, true, true, false, false);

		static final Traits LOST_ALONE = new Traits(true, true, true, true, false);

		static final Traits REFUSABLE = new Traits(false, false, false, true, true);

	}

}
