package io.bemi.store;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowImage;
import io.bemi.ingestion.RowOperation;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TrackedRelation;
import io.bemi.pgoutput.JsonBytes.Output;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes as rows of {@code change}. The names of a table's columns are turned
 * into bytes once.
 */
final class CopyRows {

	static final String COPY = """
			COPY change (committed_at, source, position, transaction_id, ordinal, relation, context, operation,
			             primary_key, previous_key, image, replaced, unknown%s) FROM STDIN (FORMAT binary)
			""";

	private static final int COLUMNS = 13;

	private final int source;

	private final RelationDictionary relations;

	private final Links links;

	private final Map<TrackedRelation, Table> tables = new HashMap<>();

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

	/**
	 * The format of the rows.
	 */
	CopyBinary format(Output<SQLException> pieces) {
		return new CopyBinary(COLUMNS + this.links.columnCount(), pieces);
	}

	void write(CopyBinary out, StoredRow row) throws SQLException {
		RowChange change = row.change();
		SourceTransaction transaction = change.transaction();
		Table table = table(change.relation());
		out.add(transaction.committedAt())
			.add(this.source)
			.add(transaction.position().value())
			.add(transaction.transactionId())
			.add(change.ordinal())
			.add(table.id())
			.add(change.context())
			.add(change.operation().code())
			.add(change.primaryKey())
			.add((change.operation() == RowOperation.UPDATE) ? change.previousKey() : null);
		add(out, table.names(), row.image());
		add(out, table.names(), row.replaced());
		out.add(row.unknown());
		this.links.cover(transaction, out);
	}

	private Table table(TrackedRelation relation) throws SQLException {
		Table table = this.tables.get(relation);
		if (table == null) {
			table = new Table(this.relations.id(relation), new MemberNames(relation.relation()));
			this.tables.put(relation, table);
		}
		return table;
	}

	private static void add(CopyBinary out, MemberNames names, @Nullable RowImage image) throws SQLException {
		if (image == null) {
			out.addNull();
		}
		else {
			names.write(image, out.beginJson(names.length(image)));
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
