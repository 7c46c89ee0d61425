package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.BaselineChunk;
import io.bemi.ingestion.PendingBaseline;
import io.bemi.ingestion.PoisonRow;
import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowOperation;
import io.bemi.ingestion.SinkWrite;
import io.bemi.ingestion.SkippedTransaction;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TrackedRelation;
import io.bemi.ingestion.TransactionContext;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.store.RelationDictionary.Loss;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction of the store. Rows go in by COPY; when a value is refused, those rows
 * go in one by one and the refused ones into quarantine.
 */
final class PostgresSinkWrite implements SinkWrite {

	private static final Logger logger = LoggerFactory.getLogger(PostgresSinkWrite.class);

	private static final String COPY_CONTEXTS = """
			COPY context (committed_at, source, position, number, transaction_id, metadata%s) FROM STDIN
			""";

	private static final String REPLACE_CONTEXTS = """
			UPDATE context SET metadata = ?::jsonb WHERE committed_at = ?::timestamptz AND source = ? AND position = ?::pg_lsn
			""";

	/** In bytes, of about 2 700 that an entry of a B-tree may have. */
	private static final int LONGEST_KEY = 2_400;

	private static final String REFUSED_CONTEXT = "{\"_bemi\": {\"error\": \"The context could not be stored\"}}";

	private final Connection connection;

	private final int source;

	private final RelationDictionary relations;

	private final Baselines baselines;

	private final Setback setback;

	private final Partitions partitions;

	private final ChunkSize chunkSize;

	private final QuarantineCount quarantineCount;

	private final Gaps gaps;

	private final Links links;

	private final QuarantinedRows quarantine;

	private final RowCopy<StoredRow, CopyBinary> changes;

	private final RowCopy<TransactionContext, CopyText> contexts;

	private boolean committed;

	PostgresSinkWrite(Connection connection, int source, RelationDictionary relations, Baselines baselines,
			Setback setback, Partitions partitions, ChunkSize chunkSize, QuarantineCount quarantineCount, Gaps gaps,
			Links links) {
		this.connection = connection;
		this.source = source;
		this.relations = relations;
		this.baselines = baselines;
		this.setback = setback;
		this.partitions = partitions;
		this.chunkSize = chunkSize;
		this.gaps = gaps;
		this.links = links;
		this.quarantineCount = quarantineCount;
		this.quarantine = new QuarantinedRows(connection, source, relations);
		CopyRows rows = new CopyRows(source, relations, links);
		this.changes = new RowCopy<>(connection, CopyRows.COPY.formatted(links.columns()), rows::format, rows::write,
				this::refused);
		this.contexts = new RowCopy<>(connection, COPY_CONTEXTS.formatted(links.columns()), CopyText::new, this::write,
				this::refused);
	}

	@Override
	public void append(List<RowChange> changes) {
		int from = 0;
		while (from < changes.size()) {
			int to = endOfDescriptions(changes, from);
			if (to == from) {
				changeTable(changes.get(from));
				from++;
			}
			else {
				appendDescribed(changes.subList(from, to));
				from = to;
			}
		}
	}

	/**
	 * Up to where each table has one description.
	 */
	private static int endOfDescriptions(List<RowChange> changes, int from) {
		Map<Integer, TrackedRelation> descriptions = new HashMap<>();
		int to = from;
		while (to < changes.size() && !changes.get(to).operation().isOfTable()) {
			TrackedRelation relation = changes.get(to).relation();
			TrackedRelation known = descriptions.putIfAbsent(relation.relation().oid(), relation);
			if (known != null && known != relation && !known.sameAs(relation)) {
				break;
			}
			to++;
		}
		return to;
	}

	private void changeTable(RowChange change) {
		try {
			if (change.operation() == RowOperation.SKIP) {
				Relation table = change.relation().relation();
				this.relations.sever(table.oid(), change.transaction().position());
				this.baselines.request(table.oid(), table.schema(), table.name(), change.transaction(),
						change.ordinal(), false);
				return;
			}
			Loss loss = this.relations.alter(change.relation());
			if (loss != null) {
				this.baselines.request(change.relation().relation().oid(), loss.schema(), loss.name(),
						change.transaction(), change.ordinal(), loss.empty());
			}
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	private void appendDescribed(List<RowChange> changes) {
		boolean needsImages = changes.stream().anyMatch(PreviousImages::needsImage);
		try {
			int from = 0;
			while (from < changes.size()) {
				from += needsImages
						? appendChunk(changes.subList(from, Math.min(changes.size(), from + this.chunkSize.rows())))
						: appendAll(changes.subList(from, changes.size()));
			}
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	/**
	 * Adds as many changes as memory has room for the images before them, at least one.
	 * @return how many were taken
	 */
	private int appendChunk(List<RowChange> changes) throws SQLException {
		PreviousImages images = new PreviousImages(this.connection, this.relations);
		images.load(changes);
		boolean single = images.isPostponed(changes.get(0));
		if (single) {
			images.loadPostponed(changes.get(0));
		}
		List<StoredRow> rows = new ArrayList<>(changes.size());
		int taken = 0;
		for (RowChange change : changes) {
			if (taken > 0 && (single || images.isPostponed(change))) {
				break;
			}
			prepare(change);
			StoredRow row = StoredRow.of(change, images.before(change));
			taken++;
			if (row.isIgnored()) {
				continue;
			}
			images.after(change, (change.row() != null) ? row.image() : null);
			rows.add(row);
		}
		if (images.length() > 0) {
			this.chunkSize.learn(taken, images.length());
		}
		copy(rows);
		return taken;
	}

	/**
	 * Adds changes that need no images.
	 */
	private int appendAll(List<RowChange> changes) throws SQLException {
		List<StoredRow> rows = new ArrayList<>(changes.size());
		for (RowChange change : changes) {
			prepare(change);
			StoredRow row = StoredRow.of(change, null);
			if (!row.isIgnored()) {
				rows.add(row);
			}
		}
		copy(rows);
		return changes.size();
	}

	private void copy(List<StoredRow> rows) throws SQLException {
		if (!rows.isEmpty()) {
			this.changes.copy(rows);
		}
	}

	/**
	 * Asks for what has to be known: nothing can be asked while rows are copied.
	 */
	private void prepare(RowChange change) throws SQLException {
		this.partitions.ensure(this.connection, change.transaction().committedAt());
		copyUnknown(change);
		this.relations.id(change.relation());
	}

	/**
	 * A table that nobody has announced has rows of its own, like any other, and one that
	 * nobody said was changed may have rows that are others now.
	 */
	private void copyUnknown(RowChange change) throws SQLException {
		Relation table = change.relation().relation();
		boolean isNew = change.operation() != RowOperation.BASELINE && !this.baselines.isKnown(table.oid());
		if (isNew || this.relations.hasLost(change.relation())) {
			this.baselines.request(table.oid(), table.schema(), table.name(), change.transaction(), change.ordinal(),
					false);
		}
	}

	@Override
	public void skip(SkippedTransaction skipped) {
		try {
			this.gaps.skip(this.connection, this.source, skipped);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
		logger.warn("The history has a gap, see bemi.gap: {}", skipped);
	}

	@Override
	public void beginHistory(SourceTransaction moment) {
		try {
			this.gaps.close(this.connection, this.source, moment);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void requestBaseline(TrackedRelation table, SourceTransaction since, long ordinal, boolean empty) {
		try {
			this.baselines.request(table.relation().oid(), table.relation().schema(), table.relation().name(), since,
					ordinal, empty);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void append(BaselineChunk chunk) {
		try {
			append(new BaselineRows(this.connection, this.relations, this.baselines).take(chunk));
			chunk.poison().forEach(this::quarantine);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void endBaseline(PendingBaseline baseline, String reason) {
		try {
			this.baselines.end(baseline, reason);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void appendContexts(List<TransactionContext> contexts) {
		if (contexts.isEmpty()) {
			return;
		}
		try {
			for (TransactionContext context : contexts) {
				this.partitions.ensure(this.connection, context.transaction().committedAt());
				this.setback.observe(context.transaction());
			}
			this.contexts.copy(contexts);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void replaceContexts(SourceTransaction transaction, String metadata) {
		try {
			Savepoint savepoint = this.connection.setSavepoint();
			try {
				replace(transaction, metadata);
			}
			catch (SQLException ex) {
				if (!StoreProblems.isPoison(ex)) {
					throw ex;
				}
				this.connection.rollback(savepoint);
				replace(transaction, refused(transaction, ex));
			}
			this.connection.releaseSavepoint(savepoint);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	private void replace(SourceTransaction transaction, String metadata) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(REPLACE_CONTEXTS)) {
			statement.setString(1, metadata);
			statement.setString(2, transaction.committedAt().toString());
			statement.setInt(3, this.source);
			statement.setString(4, transaction.position().toString());
			statement.executeUpdate();
		}
	}

	private TransactionContext refused(TransactionContext context, SQLException refusal) {
		return new TransactionContext(context.transaction(), context.number(), refused(context.transaction(), refusal));
	}

	private static String refused(SourceTransaction transaction, SQLException refusal) {
		logger.warn("The context of transaction {} could not be stored: {}", transaction.transactionId(),
				StoreProblems.summary(refusal));
		return REFUSED_CONTEXT;
	}

	private void write(CopyText text, TransactionContext context) throws SQLException {
		text.add(context.transaction().committedAt().toString())
			.add(this.source)
			.add(context.transaction().position().toString())
			.add(context.number())
			.add(context.transaction().transactionId())
			.add(context.metadata());
		this.links.cover(context.transaction(), text);
	}

	private StoredRow refused(StoredRow row, SQLException refusal) throws SQLException {
		this.quarantine.add(row, refusal);
		return isTooLong(row.change().primaryKey()) ? row.withoutValues().withoutKey() : row.withoutValues();
	}

	/**
	 * The entry of the index holds more than the key.
	 */
	private static boolean isTooLong(@Nullable String key) {
		return key != null && key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY;
	}

	@Override
	public void quarantine(PoisonRow poison) {
		try {
			this.quarantine.add(poison);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void commit() {
		try {
			this.setback.store(this.connection);
			this.links.seal();
			this.connection.commit();
			this.committed = true;
			this.setback.committed();
			this.quarantineCount.added(this.quarantine.added());
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void close() {
		if (this.committed) {
			return;
		}
		this.relations.clear();
		this.baselines.clear();
		this.setback.clear();
		this.partitions.clear();
		this.chunkSize.reset();
		try {
			this.connection.rollback();
		}
		catch (SQLException ex) {
			// The connection is gone, and with it what was not committed.
		}
	}

}
