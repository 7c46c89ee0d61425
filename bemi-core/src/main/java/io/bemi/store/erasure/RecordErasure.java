package io.bemi.store.erasure;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Which values of a record are to be erased.
 *
 * @param schema the table's schema
 * @param table its name, now or at any time before
 * @param primaryKey the record's key, as the history has it
 * @param reason why, for people
 * @param columns the columns; none for all but those of the key
 * @param replacement a text that stands in the place of each value; {@code null} when the
 * history is to say that they are not known
 * @param withKey whether the key is erased, too: then nobody finds the record by it
 */
public record RecordErasure(String schema, String table, String primaryKey, String reason, Set<String> columns,
		@Nullable String replacement, boolean withKey) {

	public RecordErasure {
		Assert.hasText(schema, "'schema' must not be empty");
		Assert.hasText(table, "'table' must not be empty");
		Assert.hasText(primaryKey, "'primaryKey' must not be empty");
		Assert.hasText(reason, "'reason' must not be empty");
		columns = Set.copyOf(columns);
	}

	/**
	 * All values of a record but its key.
	 * @param schema the table's schema
	 * @param table its name
	 * @param primaryKey the record's key
	 * @param reason why, for people
	 * @return the erasure
	 */
	public static RecordErasure of(String schema, String table, String primaryKey, String reason) {
		return new RecordErasure(schema, table, primaryKey, reason, Set.of(), null, false);
	}

	/**
	 * The same of some columns only.
	 * @param names their names
	 * @return the erasure
	 */
	public RecordErasure columns(String... names) {
		return new RecordErasure(this.schema, this.table, this.primaryKey, this.reason, Set.of(names), this.replacement,
				this.withKey);
	}

	/**
	 * The same with a text in the place of each value.
	 * @param text the text
	 * @return the erasure
	 */
	public RecordErasure replacedBy(String text) {
		return new RecordErasure(this.schema, this.table, this.primaryKey, this.reason, this.columns, text,
				this.withKey);
	}

	/**
	 * The same with the record's key.
	 * @return the erasure
	 */
	public RecordErasure andItsKey() {
		return new RecordErasure(this.schema, this.table, this.primaryKey, this.reason, this.columns, this.replacement,
				true);
	}

}
