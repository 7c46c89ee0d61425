package io.bemi.change;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One recorded change of one row. JSON values are {@link Map}, {@link List},
 * {@link String}, {@link java.math.BigDecimal}, {@link Boolean} and {@code null}; numbers
 * keep every digit.
 *
 * @param id identifies the change in the store; sorts like history
 * @param primaryKey the record's key as text, a JSON array when the key has several
 * columns; {@code null} when the table has no key and for a TRUNCATE
 * @param values the row after the change; empty for DELETE and TRUNCATE
 * @param before the row before the change; empty for CREATE
 * @param changed the columns that changed, for an UPDATE
 * @param unknown the columns whose value cannot be known; absent from {@code values} or
 * {@code before}
 * @param metadata the context: who, where and how
 * @param database the name of the database
 * @param schema the name of the table's schema, at the time of the change
 * @param table the name of the table, at the time of the change
 * @param operation what happened
 * @param committedAt when the transaction committed, by the source's clock
 * @param transactionId the transaction's id, with epoch
 * @param position the position of the transaction's commit
 * @param ordinal the change's number within its transaction, from 0
 * @param source the name of the source the change came from
 */
public record Change(String id, @Nullable String primaryKey, Map<String, @Nullable Object> values,
		Map<String, @Nullable Object> before, List<String> changed, List<String> unknown,
		Map<String, @Nullable Object> metadata, String database, String schema, String table, Operation operation,
		Instant committedAt, long transactionId, Position position, long ordinal, String source) {

	/**
	 * What the change did, column by column, in the order of the columns: all columns of
	 * a CREATE (old values {@code null}) and of a DELETE (new values {@code null}), the
	 * changed ones of an UPDATE, none of a TRUNCATE. An old value that cannot be known is
	 * {@code null}, and its column is listed in {@link #unknown()}.
	 * @return the difference by column name; never {@code null}
	 */
	public Map<String, Difference> diff() {
		Map<String, Difference> diff = new LinkedHashMap<>();
		switch (this.operation) {
			case CREATE -> this.values.forEach((column, value) -> diff.put(column, new Difference(null, value)));
			case DELETE -> this.before.forEach((column, value) -> diff.put(column, new Difference(value, null)));
			case UPDATE -> this.changed.forEach(
					(column) -> diff.put(column, new Difference(this.before.get(column), this.values.get(column))));
			case TRUNCATE -> {
			}
		}
		return diff;
	}

	/**
	 * The value of a column after the change, as a type of the application: numbers,
	 * dates and times, UUIDs, enums, arrays and lists, records and beans for JSON
	 * objects.
	 * @param column the name of the column
	 * @param type what the value is to be
	 * @param <T> its type
	 * @return the value; {@code null} when it is, or when it is not known
	 * @throws IllegalArgumentException when the value cannot be that
	 */
	public <T> @Nullable T valueOf(String column, Class<T> type) {
		return convert(this.values, column, type);
	}

	/**
	 * The value of a column before the change, as a type of the application.
	 * @param column the name of the column
	 * @param type what the value is to be
	 * @param <T> its type
	 * @return the value; {@code null} when it is, or when it is not known
	 * @throws IllegalArgumentException when the value cannot be that
	 */
	public <T> @Nullable T beforeOf(String column, Class<T> type) {
		return convert(this.before, column, type);
	}

	@SuppressWarnings("unchecked")
	private static <T> @Nullable T convert(Map<String, @Nullable Object> row, String column, Class<T> type) {
		try {
			return (T) JsonConversion.convert(row.get(column), type);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("Column '" + column + "': " + ex.getMessage(), ex);
		}
	}

	/**
	 * The row as an object: as it is after the change, or as it was before a DELETE. A
	 * record is made by its constructor, another class by the one without parameters,
	 * then its fields are set. A column finds its property by the name in JPA's
	 * {@code @Column}, else by the property's name, in camel or snake case. Associations,
	 * and properties without a column or of unknown value, stay as the constructor leaves
	 * them. The object belongs to no persistence context.
	 * @param type the class, such as that of an entity
	 * @param <T> its type
	 * @return a new object
	 * @throws IllegalArgumentException when there can be no such object, or a value does
	 * not fit
	 * @throws IllegalStateException for a TRUNCATE, which is about no row
	 */
	public <T> T toEntity(Class<T> type) {
		return bind((this.operation == Operation.DELETE) ? this.before : this.values, type);
	}

	/**
	 * The row as an object, as it was before the change.
	 * @param type the class, such as that of an entity
	 * @param <T> its type
	 * @return a new object; {@code null} for a CREATE, before which there was no row
	 * @throws IllegalArgumentException when there can be no such object, or a value does
	 * not fit
	 * @throws IllegalStateException for a TRUNCATE, which is about no row
	 */
	public <T> @Nullable T toEntityBefore(Class<T> type) {
		return (this.operation == Operation.CREATE) ? null : bind(this.before, type);
	}

	private <T> T bind(Map<String, @Nullable Object> row, Class<T> type) {
		if (this.operation == Operation.TRUNCATE) {
			throw new IllegalStateException("A TRUNCATE is about no row");
		}
		return RowBinding.bind(row, type);
	}

	/**
	 * The old and the new value of one column.
	 *
	 * @param old the value before the change, or {@code null}
	 * @param current the value after the change, or {@code null}
	 */
	public record Difference(@Nullable Object old, @Nullable Object current) {

		@Override
		public String toString() {
			return Objects.toString(this.old) + " -> " + this.current;
		}

	}

}
