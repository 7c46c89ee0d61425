package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowImage;
import io.bemi.ingestion.RowOperation;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TrackedRelation;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes as rows of {@code change}. What many of them have in common, their
 * transaction and the names of their columns, is turned into bytes once.
 */
final class CopyRows {

	static final String COPY = """
			COPY change (committed_at, source, position, transaction_id, ordinal, relation, context, operation,
			             primary_key, previous_key, image, replaced, unknown%s) FROM STDIN
			""";

	private final int source;

	private final RelationDictionary relations;

	private final Links links;

	private final Map<TrackedRelation, Table> tables = new HashMap<>();

	private @Nullable SourceTransaction transaction;

	/** The columns that the changes of the transaction have in common. */
	private byte[] common = {};

	/**
	 * Creates one for the changes of a source.
	 * @param relations knows their tables
	 * @param links cover them
	 */
	CopyRows(int source, RelationDictionary relations, Links links) {
		this.source = source;
		this.relations = relations;
		this.links = links;
	}

	void write(CopyText text, StoredRow row) throws SQLException {
		RowChange change = row.change();
		Table table = table(change.relation());
		text.addColumns(common(change.transaction()))
			.add(change.ordinal())
			.add(table.id())
			.add(change.context())
			.add(change.operation().code())
			.add(change.primaryKey())
			.add((change.operation() == RowOperation.UPDATE) ? change.previousKey() : null);
		add(text, table.names(), row.image());
		add(text, table.names(), row.replaced());
		text.add(row.unknown());
		this.links.cover(change.transaction(), text);
	}

	private byte[] common(SourceTransaction of) {
		if (of != this.transaction) {
			this.transaction = of;
			this.common = (of.committedAt() + "\t" + this.source + "\t" + of.position() + "\t" + of.transactionId())
				.getBytes(StandardCharsets.US_ASCII);
		}
		return this.common;
	}

	private Table table(TrackedRelation relation) throws SQLException {
		Table table = this.tables.get(relation);
		if (table == null) {
			table = new Table(this.relations.id(relation), new MemberNames(relation.relation()));
			this.tables.put(relation, table);
		}
		return table;
	}

	private static void add(CopyText text, MemberNames names, @Nullable RowImage image) throws SQLException {
		if (image == null) {
			text.addNull();
		}
		else {
			names.write(image, text.begin());
		}
	}

	/**
	 * What is the same for all rows of a table.
	 *
	 * @param id the store's number of the table's description
	 * @param names the columns
	 */
	private record Table(long id, MemberNames names) {
	}

}
