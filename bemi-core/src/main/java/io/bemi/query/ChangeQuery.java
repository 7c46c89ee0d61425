package io.bemi.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.query.Filter.Column;
import org.springframework.util.Assert;

/**
 * A question about the history. Immutable: each method returns a narrower question, and
 * conditions add up. Answers are newest first.
 */
public final class ChangeQuery {

	/** How many changes a question yields unless it says otherwise. */
	public static final int DEFAULT_LIMIT = 100;

	private final Function<ChangeQuery, List<Change>> executor;

	private final List<Filter> filters;

	private final int limit;

	ChangeQuery(Function<ChangeQuery, List<Change>> executor) {
		this(executor, List.of(), DEFAULT_LIMIT);
	}

	private ChangeQuery(Function<ChangeQuery, List<Change>> executor, List<Filter> filters, int limit) {
		this.executor = executor;
		this.filters = filters;
		this.limit = limit;
	}

	/**
	 * Changes of a table.
	 * @param table its name without schema, as the catalogue spells it
	 */
	public ChangeQuery table(String table) {
		return with(Filter.equal(Column.TABLE, table));
	}

	/**
	 * Changes in a schema.
	 * @param schema its name, as the catalogue spells it
	 */
	public ChangeQuery schema(String schema) {
		return with(Filter.equal(Column.SCHEMA, schema));
	}

	/**
	 * Changes of the records with a key.
	 * @param primaryKey the key as text; a JSON array, as in {@code [1, "a"]}, when it
	 * has several columns
	 */
	public ChangeQuery primaryKey(Object primaryKey) {
		return with(Filter.equal(Column.PRIMARY_KEY, primaryKey.toString()));
	}

	/**
	 * Changes of certain kinds.
	 * @param operations at least one
	 */
	public ChangeQuery operation(Operation... operations) {
		Assert.notEmpty(operations, "'operations' must not be empty");
		return with(Filter.anyOf(Column.OPERATION, Arrays.stream(operations).map(Enum::name).toList()));
	}

	/**
	 * Changes of one transaction.
	 * @param transactionId its id with epoch, as {@code pg_current_xact_id()} gives it
	 */
	public ChangeQuery transaction(long transactionId) {
		return with(Filter.equal(Column.TRANSACTION, transactionId));
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
		return with(Filter.contains(Column.METADATA, context));
	}

	/**
	 * Changes committed at a moment or later.
	 * @param moment by the source's clock
	 */
	public ChangeQuery since(Instant moment) {
		return with(Filter.atLeast(moment));
	}

	/**
	 * Changes committed before a moment.
	 * @param moment by the source's clock
	 */
	public ChangeQuery until(Instant moment) {
		return with(Filter.before(moment));
	}

	/**
	 * At most so many changes; {@value #DEFAULT_LIMIT} unless said.
	 * @param limit a positive number
	 */
	public ChangeQuery limit(int limit) {
		Assert.isTrue(limit > 0, () -> "'limit' must be positive, but is " + limit);
		return new ChangeQuery(this.executor, this.filters, limit);
	}

	/**
	 * Answers the question.
	 * @return the changes, newest first; never {@code null}
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public List<Change> list() {
		return this.executor.apply(this);
	}

	/**
	 * The newest of the changes.
	 * @return the change, or empty when there is none
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	public Optional<Change> first() {
		return limit(1).list().stream().findFirst();
	}

	List<Filter> filters() {
		return this.filters;
	}

	int limit() {
		return this.limit;
	}

	private ChangeQuery with(Filter filter) {
		List<Filter> more = new ArrayList<>(this.filters);
		more.add(filter);
		return new ChangeQuery(this.executor, List.copyOf(more), this.limit);
	}

}
