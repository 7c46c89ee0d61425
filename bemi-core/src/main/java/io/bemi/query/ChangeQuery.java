package io.bemi.query;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A question about the history. Immutable: each method returns a narrower question, and
 * conditions add up. Answers are newest first, unless the question says otherwise.
 * <p>
 * Every answer may throw an {@link org.springframework.dao.DataAccessException} when the
 * store cannot be read, a {@link BroadQueryException} when the question would read the
 * whole history, a {@link SlowQueryException} when it takes too long, and an
 * {@link IllegalArgumentException} when a JSON path is none.
 */
public final class ChangeQuery {

	/** How many changes a question yields unless it says otherwise. */
	public static final int DEFAULT_LIMIT = 100;

	private final ChangeReader reader;

	private final List<Condition> conditions;

	private final Order order;

	private final @Nullable Integer limit;

	private final @Nullable String cursor;

	ChangeQuery(ChangeReader reader) {
		this(reader, List.of(), Order.NEWEST_FIRST, null, null);
	}

	private ChangeQuery(ChangeReader reader, List<Condition> conditions, Order order, @Nullable Integer limit,
			@Nullable String cursor) {
		this.reader = reader;
		this.conditions = conditions;
		this.order = order;
		this.limit = limit;
		this.cursor = cursor;
	}

	/**
	 * Changes of a table.
	 * @param table its name without schema, as the catalogue spells it
	 */
	public ChangeQuery table(String table) {
		return with(Condition.ofTable("r.name = ?", table));
	}

	/**
	 * Changes of other tables than one.
	 * @param table its name without schema, as the catalogue spells it
	 */
	public ChangeQuery notTable(String table) {
		return not((query) -> query.table(table));
	}

	/**
	 * Changes in a schema.
	 * @param schema its name, as the catalogue spells it
	 */
	public ChangeQuery schema(String schema) {
		return with(Condition.ofDictionary("r.schema = ?", schema));
	}

	/**
	 * Changes in other schemas than one.
	 * @param schema its name, as the catalogue spells it
	 */
	public ChangeQuery notSchema(String schema) {
		return not((query) -> query.schema(schema));
	}

	/**
	 * Changes in a database.
	 * @param database its name
	 */
	public ChangeQuery database(String database) {
		return with(Condition.ofDictionary("s.database = ?", database));
	}

	/**
	 * Changes in other databases than one.
	 * @param database its name
	 */
	public ChangeQuery notDatabase(String database) {
		return not((query) -> query.database(database));
	}

	/**
	 * Changes from a source.
	 * @param source its name, which is that of its replication slot
	 */
	public ChangeQuery source(String source) {
		return with(Condition.ofDictionary("s.name = ?", source));
	}

	/**
	 * Changes from other sources than one.
	 * @param source its name, which is that of its replication slot
	 */
	public ChangeQuery notSource(String source) {
		return not((query) -> query.source(source));
	}

	/**
	 * Changes of the entities of a class.
	 * @param type the class of an entity
	 * @throws IllegalArgumentException when it is none that is known
	 */
	public ChangeQuery entity(Class<?> type) {
		return with(Conditions.entity(tableOf(type)));
	}

	/**
	 * Changes of one entity, by its class and id.
	 * @param type the class of the entity
	 * @param id its id: that of an embedded id, or of an id class, when it has several
	 * parts
	 * @throws IllegalArgumentException when there is no such entity or id
	 */
	public ChangeQuery entity(Class<?> type, Object id) {
		Assert.notNull(id, "'id' must not be null");
		EntityTable table = tableOf(type);
		Map<String, Object> key = this.reader.entities().key(type, id);
		List<String> order = (key.size() > 1) ? this.reader.keyColumns(table) : List.of();
		List<Object> values = new ArrayList<>();
		for (String column : key.keySet().equals(java.util.Set.copyOf(order)) ? order : table.keyColumns()) {
			Object value = key.get(column);
			Assert.notNull(value, () -> "'id' must have a value for column '" + column + "'");
			values.add(value);
		}
		return with(Conditions.entity(table)).with(Conditions.key(values));
	}

	/**
	 * Changes of one entity.
	 * @param entity the entity, which must have its id; it may be deleted by now
	 * @throws IllegalArgumentException when it is no entity, or has no id
	 */
	public ChangeQuery entity(Object entity) {
		Assert.notNull(entity, "'entity' must not be null");
		tableOf(entity.getClass());
		return entity(entity.getClass(), this.reader.entities().id(entity));
	}

	private EntityTable tableOf(Class<?> type) {
		Assert.notNull(type, "'type' must not be null");
		return this.reader.entities()
			.find(type)
			.orElseThrow(() -> new IllegalArgumentException("'type' must be an entity of the application, but is "
					+ type.getName() + ": name its table with table(...) and its key with primaryKey(...)"));
	}

	/**
	 * Changes of the records with a key.
	 * @param primaryKey the key: a value like the column's, or text as the server prints
	 * it. A JSON array, as in {@code [1, "a"]}, when it has several columns
	 */
	public ChangeQuery primaryKey(Object primaryKey) {
		Assert.notNull(primaryKey, "'primaryKey' must not be null");
		return with(Conditions.key(List.of(primaryKey)));
	}

	/**
	 * Changes of the records with a key of several columns.
	 * @param first the value of the first column of the key, in the order of the table
	 * @param second the value of the second one
	 * @param more the values of further ones
	 */
	public ChangeQuery primaryKey(Object first, Object second, Object... more) {
		List<Object> values = new ArrayList<>(List.of(first, second));
		values.addAll(List.of(more));
		return with(Conditions.key(values));
	}

	/**
	 * Changes of the records with one of several keys.
	 * @param primaryKeys the keys as {@link Change#primaryKey()} gives them
	 */
	public ChangeQuery primaryKeyIn(Collection<String> primaryKeys) {
		Assert.notNull(primaryKeys, "'primaryKeys' must not be null");
		return with(Conditions.keys(primaryKeys));
	}

	/**
	 * Changes of other records than those with a key, and of those without one.
	 * @param primaryKey the key, as in {@link #primaryKey(Object)}
	 */
	public ChangeQuery notPrimaryKey(Object primaryKey) {
		return not((query) -> query.primaryKey(primaryKey));
	}

	/**
	 * Changes of certain kinds.
	 * @param operations at least one
	 */
	public ChangeQuery operation(Operation... operations) {
		return with(Conditions.operations(operations));
	}

	/**
	 * Changes of other kinds.
	 * @param operations at least one
	 */
	public ChangeQuery notOperation(Operation... operations) {
		return not((query) -> query.operation(operations));
	}

	/**
	 * The change with an id.
	 * @param id the id as {@link Change#id()} gives it
	 */
	public ChangeQuery change(String id) {
		Assert.notNull(id, "'id' must not be null");
		return with(Conditions.change(id));
	}

	/**
	 * The changes with one of several ids.
	 * @param ids the ids as {@link Change#id()} gives them; what is none is no change's
	 */
	public ChangeQuery changeIn(Collection<String> ids) {
		Assert.notNull(ids, "'ids' must not be null");
		return with(Conditions.changes(ids));
	}

	/**
	 * Changes of one transaction.
	 * @param transactionId its id with epoch, as {@code pg_current_xact_id()} gives it
	 */
	public ChangeQuery transaction(long transactionId) {
		return with(Conditions.transaction(transactionId));
	}

	/**
	 * Changes of the transaction that committed at a position.
	 * @param position the position of the commit
	 */
	public ChangeQuery position(Position position) {
		return with(Conditions.position("=", position));
	}

	/**
	 * Changes of transactions that committed at a position or later.
	 * @param position a position
	 */
	public ChangeQuery fromPosition(Position position) {
		return with(Conditions.position(">=", position));
	}

	/**
	 * Changes of transactions that committed at a position or earlier.
	 * @param position a position
	 */
	public ChangeQuery toPosition(Position position) {
		return with(Conditions.position("<=", position));
	}

	/**
	 * Changes made under a trace.
	 * @param traceId its id, as it is in {@code metadata._bemi.traceId}
	 */
	public ChangeQuery trace(String traceId) {
		Assert.notNull(traceId, "'traceId' must not be null");
		return context("_bemi", Map.of("traceId", traceId));
	}

	/**
	 * Changes whose context has a key with a value. Text, numbers, booleans, lists and
	 * maps are compared by JSON containment: a map matches when the context has at least
	 * its entries.
	 * @param key a key of the context
	 * @param value its value, not {@code null}
	 */
	public ChangeQuery context(String key, Object value) {
		return context(Map.of(key, value));
	}

	/**
	 * Changes whose context contains all of these entries.
	 * @param context the entries, possibly nested
	 */
	public ChangeQuery context(Map<String, ?> context) {
		return with(Conditions.contains(Document.CONTEXT, context));
	}

	/**
	 * Changes whose context does not contain all of these entries.
	 * @param context the entries, possibly nested
	 */
	public ChangeQuery notContext(Map<String, ?> context) {
		return with(Conditions.doesNotContain(Document.CONTEXT, context));
	}

	/**
	 * Changes before which the row had these values, and perhaps more. Not indexed: see
	 * {@link BroadQueryException}.
	 * @param entries values by column, compared by JSON containment
	 */
	public ChangeQuery before(Map<String, ?> entries) {
		return with(Conditions.contains(Document.BEFORE, entries));
	}

	/**
	 * Changes before which the row did not have all of these values. Not indexed.
	 * @param entries values by column
	 */
	public ChangeQuery notBefore(Map<String, ?> entries) {
		return with(Conditions.doesNotContain(Document.BEFORE, entries));
	}

	/**
	 * Changes after which the row had these values, and perhaps more. Not indexed.
	 * @param entries values by column, compared by JSON containment
	 */
	public ChangeQuery values(Map<String, ?> entries) {
		return with(Conditions.contains(Document.VALUES, entries));
	}

	/**
	 * Changes after which the row did not have all of these values. Not indexed.
	 * @param entries values by column
	 */
	public ChangeQuery notValues(Map<String, ?> entries) {
		return with(Conditions.doesNotContain(Document.VALUES, entries));
	}

	/**
	 * Changes in which a JSON path finds something, as PostgreSQL's {@code @?} tells. Not
	 * indexed.
	 * @param document where to look
	 * @param path such as {@code $.price ? (@ > 100)}
	 */
	public ChangeQuery pathExists(Document document, String path) {
		return pathExists(document, path, Map.of());
	}

	/**
	 * Changes in which a JSON path with variables finds something. Not indexed.
	 * @param document where to look
	 * @param path such as {@code $.price ? (@ > $limit)}
	 * @param variables the values of the variables, by name without {@code $}
	 */
	public ChangeQuery pathExists(Document document, String path, Map<String, ?> variables) {
		return with(Conditions.pathExists(document, path, variables));
	}

	/**
	 * Changes for which a JSON path is true, as PostgreSQL's {@code @@} tells. Not
	 * indexed.
	 * @param document where to look
	 * @param path such as {@code $.price > 100}
	 */
	public ChangeQuery pathMatches(Document document, String path) {
		return pathMatches(document, path, Map.of());
	}

	/**
	 * Changes for which a JSON path with variables is true. Not indexed.
	 * @param document where to look
	 * @param path such as {@code $.price > $limit}
	 * @param variables the values of the variables, by name without {@code $}
	 */
	public ChangeQuery pathMatches(Document document, String path, Map<String, ?> variables) {
		return with(Conditions.pathMatches(document, path, variables));
	}

	/**
	 * UPDATEs that changed a column. Not indexed: needs a table, or what else narrows.
	 * @param column the column
	 */
	public ChangeQuery changed(String column) {
		return with(Conditions.changed(column));
	}

	/**
	 * Changes that are no UPDATEs of a column.
	 * @param column the column
	 */
	public ChangeQuery notChanged(String column) {
		return not((query) -> query.changed(column));
	}

	/**
	 * UPDATEs that changed a column from one value to another.
	 * @param column the column
	 * @param from the value before, {@code null} for SQL's null
	 * @param to the value after, {@code null} for SQL's null
	 */
	public ChangeQuery changed(String column, @Nullable Object from, @Nullable Object to) {
		return with(Conditions.changed(column, from, to));
	}

	/**
	 * UPDATEs that changed a column from a value to any other.
	 * @param column the column
	 * @param from the value before, {@code null} for SQL's null
	 */
	public ChangeQuery changedFrom(String column, @Nullable Object from) {
		return with(Conditions.changedFrom(column, from));
	}

	/**
	 * UPDATEs that changed a column from any other value to this one.
	 * @param column the column
	 * @param to the value after, {@code null} for SQL's null
	 */
	public ChangeQuery changedTo(String column, @Nullable Object to) {
		return with(Conditions.changedTo(column, to));
	}

	/**
	 * Changes committed at a moment or later.
	 * @param moment by the source's clock
	 */
	public ChangeQuery since(Instant moment) {
		return with(Conditions.since(moment));
	}

	/**
	 * Changes committed before a moment.
	 * @param moment by the source's clock
	 */
	public ChangeQuery until(Instant moment) {
		return with(Conditions.until(moment));
	}

	/**
	 * Changes for which not all of some conditions hold. <pre>{@code
	 * changes.query().not((those) -> those.table("todo").context("user", "ann"))
	 * }</pre>
	 * @param conditions adds the conditions to a question without any
	 */
	public ChangeQuery not(UnaryOperator<ChangeQuery> conditions) {
		List<Condition> those = conditions.apply(new ChangeQuery(this.reader)).conditions;
		Assert.notEmpty(those, "'conditions' must add a condition");
		return with(Condition.not(those));
	}

	/**
	 * In which order.
	 * @param order the order
	 */
	public ChangeQuery order(Order order) {
		Assert.notNull(order, "'order' must not be null");
		return new ChangeQuery(this.reader, this.conditions, order, this.limit, this.cursor);
	}

	/**
	 * The first change first.
	 */
	public ChangeQuery oldestFirst() {
		return order(Order.OLDEST_FIRST);
	}

	/**
	 * At most so many changes (or transactions, of {@link #transactions()});
	 * {@value #DEFAULT_LIMIT} unless said.
	 * @param limit a positive number
	 */
	public ChangeQuery limit(int limit) {
		Assert.isTrue(limit > 0, () -> "'limit' must be positive, but is " + limit);
		return new ChangeQuery(this.reader, this.conditions, this.order, limit, this.cursor);
	}

	/**
	 * Only changes behind the end of a page.
	 * @param cursor where a page of the same order ended; {@code null} for the beginning
	 * @throws IllegalArgumentException by the answers, when no page of this order has
	 * given it
	 */
	public ChangeQuery after(@Nullable String cursor) {
		return new ChangeQuery(this.reader, this.conditions, this.order, this.limit, cursor);
	}

	/**
	 * Answers the question.
	 * @return the changes; never {@code null}
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public List<Change> list() {
		return this.reader.list(this, limit());
	}

	/**
	 * The first of the changes: the newest, unless the order is another.
	 * @return the change, or empty when there is none
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public Optional<Change> first() {
		return limit(1).list().stream().findFirst();
	}

	/**
	 * Answers the question page by page: as many changes as the limit says, and a cursor
	 * for the next ones.
	 * @return the page that begins where {@link #after(String)} says
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public Page page() {
		int size = limit();
		List<Change> changes = this.reader.list(this, (size < Integer.MAX_VALUE) ? size + 1 : size);
		boolean hasNext = changes.size() > size;
		List<Change> shown = hasNext ? changes.subList(0, size) : changes;
		String end = shown.isEmpty() ? this.cursor : Cursor.of(shown.get(shown.size() - 1), this.order).toString();
		return new Page(shown, end, hasNext);
	}

	/**
	 * The place of a change in the order of this question, for {@link #after(String)}.
	 * @param change a change
	 * @return the cursor: opaque, fit for a URL
	 */
	public String cursorOf(Change change) {
		return Cursor.of(change, this.order).toString();
	}

	/**
	 * Answers the question bit by bit, in memory that does not depend on how many changes
	 * there are: all of them, unless {@link #limit(int)} was called. Uses a connection,
	 * in a read-only transaction, from this call until the stream is closed.
	 * @return the changes as they are when this is called, to be closed
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public Stream<Change> stream() {
		return stream(Parts.ALL);
	}

	/**
	 * The same as {@link #stream()}, reading no more of each change than is needed: most
	 * of the time that many changes take goes into their rows and contexts.
	 * @param parts how much of each change is read
	 * @return the changes as they are when this is called, to be closed
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public Stream<Change> stream(Parts parts) {
		Assert.notNull(parts, "'parts' must not be null");
		return this.reader.stream(this, parts);
	}

	/**
	 * Where the changes are, the first transactions first, without reading them. The
	 * stream holds a connection: close it.
	 * @param most of how many changes it is told at most; whoever wants to know whether
	 * there are more asks for one more
	 * @param mostKeys up to how many changes of a transaction to a table the keys of the
	 * records are told, too
	 */
	public Stream<ChangePlaces> places(int most, int mostKeys) {
		Assert.isTrue(most > 0, () -> "'most' must be positive, but is " + most);
		return this.reader.places(this, most, mostKeys);
	}

	/**
	 * Counts the changes, whatever the limit.
	 * @return how many there are
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public long count() {
		return this.reader.count(this);
	}

	/**
	 * Counts the changes over time, whatever the limit, in UTC.
	 * @param bucket the spans of time
	 * @return the spans in which there were changes, the first one first
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public List<Count> counts(Bucket bucket) {
		return counts(bucket, ZoneOffset.UTC, Grouping.nothing());
	}

	/**
	 * Counts the changes over time, whatever the limit.
	 * @param bucket the spans of time
	 * @param zone where days and what else there is begin
	 * @param grouping what is counted apart
	 * @return the spans and groups in which there were changes, by time and then by group
	 * @throws BroadQueryException when there are more than 100,000 of them
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public List<Count> counts(Bucket bucket, ZoneId zone, Grouping grouping) {
		Assert.notNull(bucket, "'bucket' must not be null");
		Assert.notNull(zone, "'zone' must not be null");
		Assert.notNull(grouping, "'grouping' must not be null");
		return this.reader.counts(this, bucket, zone, grouping);
	}

	/**
	 * Counts the changes of each group, whatever the limit of the question.
	 * @param grouping what is counted apart
	 * @param limit how many groups at most
	 * @return the groups with the most changes, the largest first
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public List<Top> top(Grouping grouping, int limit) {
		Assert.notNull(grouping, "'grouping' must not be null");
		Assert.isTrue(limit > 0, () -> "'limit' must be positive, but is " + limit);
		return this.reader.top(this, grouping, limit);
	}

	/**
	 * Groups the changes by transaction. The limit is the number of transactions, each of
	 * which has all of its changes that answer the question.
	 * @return the transactions, in the order of the question
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public List<Transaction> transactions() {
		return TransactionGroups.of(new ChangeQuery(this.reader, this.conditions, this.order, null, this.cursor),
				limit());
	}

	List<Condition> conditions() {
		if (this.cursor == null) {
			return this.conditions;
		}
		Cursor end = Cursor.parse(this.cursor);
		Assert.isTrue(end.order() == this.order,
				() -> "'cursor' must be of a page in the order " + this.order + ", but is of " + end.order());
		return with(this.order.from(end)).with(this.order.after(end)).conditions;
	}

	Order order() {
		return this.order;
	}

	int limit() {
		return (this.limit != null) ? this.limit : DEFAULT_LIMIT;
	}

	@Nullable Integer givenLimit() {
		return this.limit;
	}

	private ChangeQuery with(Condition condition) {
		List<Condition> more = new ArrayList<>(this.conditions);
		more.add(condition);
		return new ChangeQuery(this.reader, List.copyOf(more), this.order, this.limit, this.cursor);
	}

}
