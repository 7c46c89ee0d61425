package io.bemi.autoconfigure.query.jpa;

import java.time.Instant;

import io.bemi.change.Operation;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.Subselect;
import org.jspecify.annotations.Nullable;

/**
 * A change as the view {@code bemi.changes} has it, as an entity that cannot be written.
 * JSON is text. For applications whose store is in their own database, in the schema
 * {@code bemi}; {@link io.bemi.query.Changes} works everywhere, and uses the indexes.
 * <p>
 * With Hibernate it is a query instead of a table, which no {@code ddl-auto} creates.
 */
@Entity
@Immutable
@Subselect("SELECT * FROM bemi.changes")
@Table(name = "changes", schema = "bemi")
@EntityListeners(RefuseWrites.class)
public class RecordedChange {

	@Id
	@Column(name = "id")
	private String id = "";

	@Column(name = "primary_key")
	private @Nullable String primaryKey;

	@Column(name = "\"values\"")
	private String values = "";

	@Column(name = "before")
	private String before = "";

	@Column(name = "metadata")
	private String metadata = "";

	@Column(name = "database")
	private String database = "";

	@Column(name = "schema")
	private String schema = "";

	@Column(name = "\"table\"")
	private String table = "";

	@Enumerated(EnumType.STRING)
	@Column(name = "operation")
	private Operation operation = Operation.CREATE;

	@Column(name = "committed_at")
	private Instant committedAt = Instant.EPOCH;

	@Column(name = "transaction_id")
	private long transactionId;

	protected RecordedChange() {
	}

	/**
	 * Identifies the change in the store; sorts like the history of its source.
	 */
	public String getId() {
		return this.id;
	}

	/**
	 * The record's key as text, a JSON array when the key has several columns;
	 * {@code null} when the table has no key and for a TRUNCATE.
	 */
	public @Nullable String getPrimaryKey() {
		return this.primaryKey;
	}

	/**
	 * The row after the change, as a JSON object; empty for DELETE and TRUNCATE.
	 */
	public String getValues() {
		return this.values;
	}

	/**
	 * The row before the change, as a JSON object; empty for CREATE.
	 */
	public String getBefore() {
		return this.before;
	}

	/**
	 * The context, as a JSON object: who, where and how.
	 */
	public String getMetadata() {
		return this.metadata;
	}

	/**
	 * The name of the database.
	 */
	public String getDatabase() {
		return this.database;
	}

	/**
	 * The name of the table's schema, at the time of the change.
	 */
	public String getSchema() {
		return this.schema;
	}

	/**
	 * The name of the table, at the time of the change.
	 */
	public String getTable() {
		return this.table;
	}

	/**
	 * What happened.
	 */
	public Operation getOperation() {
		return this.operation;
	}

	/**
	 * When the transaction committed, by the source's clock.
	 */
	public Instant getCommittedAt() {
		return this.committedAt;
	}

	/**
	 * The transaction's id, with epoch.
	 */
	public long getTransactionId() {
		return this.transactionId;
	}

}
