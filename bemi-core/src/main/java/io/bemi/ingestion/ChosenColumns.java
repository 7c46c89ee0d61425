package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Update;
import io.bemi.pgoutput.Tuple;
import io.bemi.tracking.ColumnMask;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table that are recorded, as rules choose them. Rows are cut down to
 * these, and masked, before anything else is made of them.
 */
final class ChosenColumns {

	private static final String EXCLUDED = "excluded";

	private final ColumnRules rules;

	private final Relation source;

	private final Relation recorded;

	/** Where the recorded columns are in the source's. */
	private final int[] indexes;

	private final Tuple.@Nullable Mask[] masks;

	/** By the source's columns what is done to them. */
	private final List<@Nullable String> treatments = new ArrayList<>();

	private final boolean changesRows;

	ChosenColumns(Relation source, ColumnRules rules) {
		this.rules = rules;
		this.source = source;
		List<Column> kept = new ArrayList<>();
		List<Integer> places = new ArrayList<>();
		List<@Nullable ColumnMask> texts = new ArrayList<>();
		for (int i = 0; i < source.columns().size(); i++) {
			Column column = source.columns().get(i);
			String treatment = treatment(rules, source.schema(), source.name(), column.name());
			this.treatments.add(treatment);
			if (!EXCLUDED.equals(treatment)) {
				kept.add(column);
				places.add(i);
				texts.add((treatment != null) ? rules.mask(source.schema(), source.name(), column.name()) : null);
			}
		}
		this.changesRows = this.treatments.stream().anyMatch((treatment) -> treatment != null);
		this.recorded = this.changesRows
				? new Relation(source.oid(), source.schema(), source.name(), source.replicaIdentity(), kept) : source;
		this.indexes = places.stream().mapToInt(Integer::intValue).toArray();
		this.masks = new Tuple.Mask[this.indexes.length];
		for (int i = 0; i < this.masks.length; i++) {
			ColumnMask mask = texts.get(i);
			this.masks[i] = (mask != null) ? mask::mask : null;
		}
	}

	/**
	 * What rules do to a column.
	 * @return how the store remembers it; {@code null} for nothing
	 */
	static @Nullable String treatment(ColumnRules rules, String schema, String table, String column) {
		if (rules.excludes(schema, table, column)) {
			return EXCLUDED;
		}
		ColumnMask mask = rules.mask(schema, table, column);
		return (mask != null) ? "masked " + mask.fingerprint() : null;
	}

	/**
	 * The same columns of the table under another name.
	 */
	ChosenColumns renamed(String schema, String name) {
		return new ChosenColumns(
				new Relation(this.source.oid(), schema, name, this.source.replicaIdentity(), this.source.columns()),
				this.rules);
	}

	/**
	 * The table with all of its columns.
	 */
	Relation source() {
		return this.source;
	}

	/**
	 * The table as if it had no other columns than those that are recorded.
	 */
	Relation recorded() {
		return this.recorded;
	}

	/**
	 * By the columns of {@link #source()} what is done to them.
	 */
	List<@Nullable String> treatments() {
		return this.treatments;
	}

	/**
	 * Whether the values of a recorded column are replaced.
	 */
	boolean isMasked(int column) {
		return this.masks[column] != null;
	}

	/**
	 * Finds columns that identify records.
	 * @param key where they are in {@link #source()}
	 * @return where they are in {@link #recorded()}
	 * @throws IllegalStateException when they are not recorded as they are
	 */
	List<Integer> key(List<Integer> key) {
		List<Integer> found = new ArrayList<>();
		for (int column : key) {
			String treatment = this.treatments.get(column);
			if (treatment != null) {
				throw new IllegalStateException("Column '" + this.source.columns().get(column).name() + "' of table "
						+ this.source.schema() + "." + this.source.name() + " is to be "
						+ (treatment.equals(EXCLUDED) ? EXCLUDED : "masked")
						+ ", but identifies its records. Take it out of 'bemi.tracking.columns."
						+ (treatment.equals(EXCLUDED) ? "exclude" : "mask")
						+ "', exclude the table by 'bemi.tracking.exclude', or give it another replica identity");
			}
			found.add(IntStream.range(0, this.indexes.length)
				.filter((i) -> this.indexes[i] == column)
				.findFirst()
				.orElseThrow());
		}
		return found;
	}

	/**
	 * The recorded columns that an UPDATE must not be about alone.
	 */
	List<Integer> ignored() {
		return IntStream.range(0, this.indexes.length)
			.filter((i) -> this.rules.ignores(this.recorded.schema(), this.recorded.name(),
					this.recorded.columns().get(i).name()))
			.boxed()
			.toList();
	}

	/**
	 * What is recorded of a row message. Of a row that does not fit the table nothing is.
	 */
	PgOutputMessage of(PgOutputMessage message) {
		if (!this.changesRows) {
			return message;
		}
		if (message instanceof Insert insert) {
			return new Insert(insert.relation(), of(insert.row()));
		}
		if (message instanceof Update update) {
			return new Update(update.relation(), ofNullable(update.key()), ofNullable(update.old()), of(update.row()));
		}
		if (message instanceof Delete delete) {
			return new Delete(delete.relation(), ofNullable(delete.key()), ofNullable(delete.old()));
		}
		return message;
	}

	private @Nullable Tuple ofNullable(@Nullable Tuple tuple) {
		return (tuple != null) ? of(tuple) : null;
	}

	private Tuple of(Tuple tuple) {
		return (tuple.size() == this.source.columns().size()) ? tuple.select(this.indexes, this.masks) : Tuple.of();
	}

}
