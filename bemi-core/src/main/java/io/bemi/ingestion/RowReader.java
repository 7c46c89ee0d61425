package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.bemi.change.Position;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.JsonValues;
import io.bemi.pgoutput.PgOutputException;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Truncate;
import io.bemi.pgoutput.PgOutputMessage.Update;
import io.bemi.pgoutput.Tuple;
import io.bemi.pgoutput.TypeCatalog;
import io.bemi.replication.SlotGroup;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;

/**
 * Turns row messages into changes: values to JSON, the record's key, what arrived of the
 * row before. What cannot be read goes to quarantine, never throws an exception.
 */
final class RowReader {

	private final Map<Integer, TrackedRelation> relations = new HashMap<>();

	/** The primary keys of tables as messages have told them last. */
	private final Map<Integer, PrimaryKey> primaryKeys;

	private final Ordinals ordinals;

	private final @Nullable SlotGroup group;

	private final Catalog catalog;

	private final ColumnRules rules;

	private final TypeStructures types;

	private JsonValues values;

	private @Nullable SourceTransaction transaction;

	/** The table whose row came last. */
	private int last;

	/** The tables whose types were looked at in the transaction. */
	private final Set<Integer> checked = new HashSet<>();

	/** Whether values that cannot be read are left out. */
	private boolean lenient;

	RowReader(Catalog catalog, ColumnRules rules) {
		this(catalog, rules, Map.of());
	}

	/**
	 * Creates a reader.
	 * @param catalog what only the source knows
	 * @param rules which columns are recorded, and how
	 * @param primaryKeys the primary keys of tables where the stream begins, as far as
	 * they are known
	 */
	RowReader(Catalog catalog, ColumnRules rules, Map<Integer, PrimaryKey> primaryKeys) {
		this(catalog, rules, primaryKeys, Ordinals.ALL, null);
	}

	/**
	 * Creates a reader of some tables only.
	 * @param ordinals the numbers that changes get
	 * @param group the tables; {@code null} for all
	 */
	RowReader(Catalog catalog, ColumnRules rules, Map<Integer, PrimaryKey> primaryKeys, Ordinals ordinals,
			@Nullable SlotGroup group) {
		this.ordinals = ordinals;
		this.group = group;
		this.catalog = catalog;
		this.rules = rules;
		this.primaryKeys = new HashMap<>(primaryKeys);
		this.types = new TypeStructures(catalog);
		this.values = new JsonValues(this.types);
	}

	/**
	 * Takes the description of a table that the next rows refer to.
	 */
	void relation(Relation relation, Position since) {
		this.relations.put(relation.oid(),
				TrackedRelation.of(new ChosenColumns(relation, this.rules), since, primaryKey(relation), this.catalog));
	}

	/**
	 * A table as it is recorded.
	 */
	Optional<TrackedRelation> tracked(int oid) {
		return Optional.ofNullable(this.relations.get(oid));
	}

	/**
	 * The catalogue may be further than the stream, so that the columns have other names
	 * there; their numbers stay, and show that a message may be believed.
	 */
	private List<Integer> primaryKey(Relation relation) {
		if (relation.replicaIdentity() != 'f') {
			return List.of();
		}
		PrimaryKey now = this.catalog.primaryKey(relation.oid());
		PrimaryKey then = this.primaryKeys.get(relation.oid());
		List<Integer> key = (then != null && (now == null || now.numbers().equals(then.numbers())))
				? then.indexesIn(relation) : List.of();
		return (key.isEmpty() && now != null) ? now.indexesIn(relation) : key;
	}

	/**
	 * Reads a message about a statement that has changed a table. Messages about all
	 * tables come through each slot.
	 * @return what it did, or empty for another message
	 */
	Optional<RowChange> alteration(SourceTransaction transaction, long ordinal, LogicalMessage message) {
		return Alteration.of(message).filter(this::isRead).map((alteration) -> {
			// The stream does not describe a table again whose partitions stay as they
			// are.
			this.relations.computeIfPresent(alteration.oid(),
					(oid, relation) -> relation.renamed(alteration.schema(), alteration.name(), this.catalog));
			this.primaryKeys.put(alteration.oid(), alteration.primaryKey());
			return new RowChange(transaction, ordinal, 0,
					TrackedRelation.altered(alteration.oid(), transaction.position(), alteration.json(this.rules)),
					RowOperation.ALTER, null, null, null, null);
		});
	}

	private boolean isRead(Alteration alteration) {
		return this.group == null || this.group.contains(alteration.schema(), alteration.name());
	}

	/**
	 * Reads a row message.
	 * @param transaction the running transaction
	 * @param ordinal the number of the first change in it
	 * @param arrived an INSERT, UPDATE, DELETE or TRUNCATE
	 * @return one row, or one per truncated table
	 */
	List<Row> read(SourceTransaction transaction, long ordinal, PgOutputMessage arrived) {
		if (arrived instanceof Truncate truncate) {
			List<Row> rows = new ArrayList<>();
			for (int oid : truncate.relations()) {
				rows.add(Row.of(new RowChange(transaction, ordinal + (long) rows.size() * this.ordinals.step(), 0,
						known(oid), RowOperation.TRUNCATE, null, null, null, null)));
			}
			return rows;
		}
		PgOutputMessage message = known(relation(arrived)).choose(arrived);
		checkTypes(transaction, message);
		try {
			return List.of(Row.of(change(transaction, ordinal, message)));
		}
		catch (PgOutputException ex) {
			// A type may have been altered since it was looked up.
			forgetTypes();
		}
		try {
			return List.of(Row.of(change(transaction, ordinal, message)));
		}
		catch (PgOutputException ex) {
			return List.of(poison(transaction, ordinal, message, ex));
		}
	}

	/**
	 * The tables that a row message is about.
	 */
	List<TrackedRelation> tables(PgOutputMessage arrived) {
		return (arrived instanceof Truncate truncate) ? truncate.relations().stream().map(this::known).toList()
				: List.of(known(relation(arrived)));
	}

	/**
	 * An attribute that was renamed or got another type would not be noticed by its text.
	 * Once per transaction and table: it is a query.
	 */
	private void checkTypes(SourceTransaction transaction, PgOutputMessage message) {
		if (!transaction.equals(this.transaction)) {
			this.transaction = transaction;
			this.checked.clear();
		}
		int oid = relation(message);
		this.last = oid;
		if (this.checked.add(oid) && !this.types.isCurrent(known(oid))) {
			forgetTypes();
		}
	}

	private static int relation(PgOutputMessage message) {
		if (message instanceof Insert insert) {
			return insert.relation();
		}
		if (message instanceof Update update) {
			return update.relation();
		}
		if (message instanceof Delete delete) {
			return delete.relation();
		}
		throw new IllegalStateException("Expected a row, but got " + message.getClass().getSimpleName());
	}

	private void forgetTypes() {
		this.types.clear();
		this.values = new JsonValues(this.types);
	}

	/**
	 * What can be read stands in the history, the rest is unknown there.
	 */
	private Row poison(SourceTransaction transaction, long ordinal, PgOutputMessage message, PgOutputException ex) {
		this.lenient = true;
		try {
			RowChange change = change(transaction, ordinal, message);
			return new Row(change, new PoisonRow(transaction, ordinal, change.relation(),
					RawRow.of(message, change.relation().relation()), String.valueOf(ex.getMessage())));
		}
		finally {
			this.lenient = false;
		}
	}

	private RowChange change(SourceTransaction transaction, long ordinal, PgOutputMessage message) {
		if (message instanceof Insert insert) {
			TrackedRelation relation = known(insert.relation());
			return new RowChange(transaction, ordinal, 0, relation, RowOperation.CREATE, key(relation, insert.row()),
					null, image(relation, insert.row()), null);
		}
		if (message instanceof Update update) {
			TrackedRelation relation = known(update.relation());
			RowImage old = old(relation, update.key(), update.old());
			RowImage row = image(relation, update.row());
			String key = key(relation, update.row());
			Tuple before = (update.old() != null) ? update.old() : update.key();
			String keyBefore = (before != null) ? key(relation, before) : key;
			return new RowChange(transaction, ordinal, 0, relation, RowOperation.UPDATE, key,
					(keyBefore != null && !keyBefore.equals(key)) ? keyBefore : null, row, old);
		}
		if (message instanceof Delete delete) {
			TrackedRelation relation = known(delete.relation());
			Tuple before = (delete.old() != null) ? delete.old() : delete.key();
			return new RowChange(transaction, ordinal, 0, relation, RowOperation.DELETE,
					(before != null) ? key(relation, before) : null, null, null,
					old(relation, delete.key(), delete.old()));
		}
		throw new IllegalStateException("Expected a row, but got " + message.getClass().getSimpleName());
	}

	private @Nullable String key(TrackedRelation relation, Tuple tuple) {
		try {
			if (tuple.size() != relation.relation().columns().size()) {
				throw new PgOutputException("Expected " + relation.relation().columns().size()
						+ " columns for a row of " + relation + ", but found " + tuple.size());
			}
			return relation.key(tuple, this.values);
		}
		catch (PgOutputException ex) {
			if (this.lenient) {
				return null;
			}
			throw ex;
		}
	}

	private @Nullable RowImage old(TrackedRelation relation, @Nullable Tuple key, @Nullable Tuple old) {
		if (old != null) {
			RowImage image = image(relation, old);
			return relation.hasDoubtfulNulls() ? image.withoutNulls() : image;
		}
		return (key != null) ? keyImage(relation, key) : null;
	}

	private RowImage image(TrackedRelation relation, Tuple tuple) {
		int size = relation.relation().columns().size();
		if (tuple.size() != size && !this.lenient) {
			throw new PgOutputException(
					"Expected " + size + " columns for a row of " + relation + ", but found " + tuple.size());
		}
		@Nullable JsonBytes[] columns = new JsonBytes[size];
		BitSet unreadable = new BitSet();
		for (int i = 0; i < size; i++) {
			readValue(relation, tuple, i, columns, unreadable);
		}
		return new RowImage(columns, unreadable);
	}

	private void readValue(TrackedRelation relation, Tuple tuple, int column, @Nullable JsonBytes[] columns,
			BitSet unreadable) {
		if (!this.lenient) {
			columns[column] = value(relation, tuple, column);
			return;
		}
		try {
			// Which value is whose is unknown in a tuple that does not fit.
			boolean fits = tuple.size() == columns.length;
			columns[column] = fits ? value(relation, tuple, column) : null;
			unreadable.set(column, !fits);
		}
		catch (PgOutputException ex) {
			unreadable.set(column);
		}
	}

	/**
	 * Columns outside the key are padded with nulls that are not values.
	 */
	private RowImage keyImage(TrackedRelation relation, Tuple tuple) {
		int size = relation.relation().columns().size();
		@Nullable JsonBytes[] columns = new JsonBytes[size];
		BitSet unreadable = new BitSet();
		for (int i : relation.keyColumns()) {
			if (i < tuple.size()) {
				readValue(relation, tuple, i, columns, unreadable);
			}
		}
		return new RowImage(columns, unreadable);
	}

	private @Nullable JsonBytes value(TrackedRelation relation, Tuple tuple, int column) {
		if (tuple.isUnchanged(column)) {
			return null;
		}
		if (tuple.isNull(column)) {
			return JsonBytes.NULL;
		}
		if (tuple.isUnreadable(column)) {
			throw new PgOutputException(
					"Expected a value for column '" + relation.relation().columns().get(column).name() + "' of "
							+ relation + ", but something arrived from which it cannot be told");
		}
		return relation.isMasked(column) ? tuple.string(column)
				: this.values.read(relation.typeOid(column), tuple, column);
	}

	/**
	 * What the table is called whose row came last, for people.
	 */
	String last() {
		return name(this.last);
	}

	/**
	 * What a table is called, for people.
	 */
	String name(int oid) {
		TrackedRelation relation = this.relations.get(oid);
		return (relation != null) ? relation.toString() : "a table";
	}

	private TrackedRelation known(int oid) {
		TrackedRelation relation = this.relations.get(oid);
		if (relation == null) {
			throw new IllegalStateException(
					"Expected the description of relation " + Integer.toUnsignedString(oid) + " before its first row");
		}
		return relation;
	}

	/**
	 * What the stream does not say, and only the source's catalogue knows.
	 */
	interface Catalog extends TypeCatalog {

		/**
		 * A table's primary key.
		 * @param oid the table
		 * @return its columns, none when the table has no key; {@code null} when there is
		 * no such table any more
		 */
		@Nullable PrimaryKey primaryKey(int oid);

		/**
		 * Whether nulls in an old row of a table need not be values.
		 * @param oid the table
		 */
		default boolean hasDoubtfulNulls(int oid) {
			return false;
		}

		/**
		 * Whether all values of a type take the same room, so that they are never stored
		 * out of line.
		 * @param oid the type
		 */
		default boolean hasFixedLength(int oid) {
			return false;
		}

	}

	/**
	 * A change, or what could not be read as one.
	 */
	record Row(@Nullable RowChange change, @Nullable PoisonRow poison) {

		static Row of(RowChange change) {
			return new Row(change, null);
		}

	}

}
