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
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

import io.bemi.change.Position;
import io.bemi.ingestion.BaselineChunk;
import io.bemi.ingestion.PendingBaseline;
import io.bemi.ingestion.PoisonRow;
import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowOperation;
import io.bemi.ingestion.SinkWrite;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TrackedRelation;
import io.bemi.ingestion.TransactionContext;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.store.RelationDictionary.Severance;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction of the store. Rows go in by COPY; when a value is refused, those rows
 * go in one by one and the refused ones into quarantine.
 */
final class PostgresSinkWrite implements SinkWrite {

	private static final Logger logger = LoggerFactory.getLogger(PostgresSinkWrite.class);

	private static final String COPY_CHANGES = """
			COPY change (committed_at, source, position, ordinal, relation, transaction_id, context, operation,
			             primary_key, image, replaced, unknown) FROM STDIN
			""";

	private static final String COPY_CONTEXTS = """
			COPY context (committed_at, source, position, number, transaction_id, metadata) FROM STDIN
			""";

	private static final String QUARANTINE = """
			INSERT INTO quarantine (source, committed_at, position, ordinal, relation, content, error)
			VALUES (?, ?::timestamptz, ?::pg_lsn, ?, ?, ?, ?)
			""";

	private static final String CONFIRMABLE = "UPDATE source SET confirmed = ?::pg_lsn WHERE id = ?";

	/** In bytes, of about 2 700 that an entry of a B-tree may have. */
	private static final int LONGEST_KEY = 2_400;

	private static final String REFUSED_CONTEXT = "{\"_bemi\": {\"error\": \"The context could not be stored\"}}";

	private final Connection connection;

	private final int source;

	private final RelationDictionary relations;

	private final Baselines baselines;

	private final Partitions partitions;

	private final ChunkSize chunkSize;

	private final QuarantineCount quarantine;

	private long quarantined;

	private boolean committed;

	PostgresSinkWrite(Connection connection, int source, RelationDictionary relations, Baselines baselines,
			Partitions partitions, ChunkSize chunkSize, QuarantineCount quarantine) {
		this.connection = connection;
		this.source = source;
		this.relations = relations;
		this.baselines = baselines;
		this.partitions = partitions;
		this.chunkSize = chunkSize;
		this.quarantine = quarantine;
	}

	@Override
	public void append(List<RowChange> changes) {
		int from = 0;
		while (from < changes.size()) {
			int to = endOfDescriptions(changes, from);
			if (to == from) {
				alter(changes.get(from));
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
		while (to < changes.size() && changes.get(to).operation() != RowOperation.ALTER) {
			TrackedRelation relation = changes.get(to).relation();
			TrackedRelation known = descriptions.putIfAbsent(relation.relation().oid(), relation);
			if (known != null && known != relation && !known.sameAs(relation)) {
				break;
			}
			to++;
		}
		return to;
	}

	private void alter(RowChange change) {
		try {
			Severance severance = this.relations.alter(change.relation());
			if (severance != null) {
				this.baselines.request(change.relation().relation().oid(), severance.schema(), severance.name(),
						change.transaction(), change.ordinal(), severance.empty());
			}
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	private void appendDescribed(List<RowChange> changes) {
		boolean needsImages = changes.stream().anyMatch(PreviousImages::needsImage);
		int from = 0;
		while (from < changes.size()) {
			int to = needsImages ? Math.min(changes.size(), from + this.chunkSize.rows()) : changes.size();
			appendChunk(changes.subList(from, to));
			from = to;
		}
	}

	private void appendChunk(List<RowChange> changes) {
		try {
			PreviousImages images = new PreviousImages();
			long characters = images.load(this.connection, this.relations, changes);
			if (characters > 0) {
				this.chunkSize.learn(changes.size(), characters);
			}
			List<StoredRow> rows = new ArrayList<>(changes.size());
			for (RowChange change : changes) {
				this.partitions.ensure(this.connection, change.transaction().committedAt());
				copyUnknown(change);
				StoredRow row = StoredRow.of(change, images.before(change));
				images.after(change, (change.row() != null) ? row.image() : null);
				rows.add(row);
			}
			copy(COPY_CHANGES, rows, this::write, this::quarantineRefused);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	/**
	 * A table that nobody has announced has rows of its own, like any other.
	 */
	private void copyUnknown(RowChange change) throws SQLException {
		Relation table = change.relation().relation();
		if (change.operation() != RowOperation.BASELINE && !this.baselines.isKnown(table.oid())) {
			this.baselines.request(table.oid(), table.schema(), table.name(), change.transaction(), change.ordinal(),
					false);
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
			}
			copy(COPY_CONTEXTS, contexts, this::write, (context, ex) -> {
				logger.warn("The context of transaction {} could not be stored: {}",
						context.transaction().transactionId(), StoreProblems.summary(ex));
				return new TransactionContext(context.transaction(), context.number(), REFUSED_CONTEXT);
			});
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	private <T> void copy(String sql, List<T> rows, BiConsumer<CopyText, T> writer,
			BiFunction<T, SQLException, @Nullable T> refused) throws SQLException {
		SQLException failure = tryCopy(sql, rows, writer);
		if (failure == null) {
			return;
		}
		if (rows.size() > 1) {
			// Halving finds the few refused ones among thousands in few steps.
			copy(sql, rows.subList(0, rows.size() / 2), writer, refused);
			copy(sql, rows.subList(rows.size() / 2, rows.size()), writer, refused);
			return;
		}
		T substitute = refused.apply(rows.get(0), failure);
		if (substitute != null) {
			// Refused as well: then quarantine has all there is.
			SQLException again = tryCopy(sql, List.of(substitute), writer);
			logger.debug("Substitute stored: {}", again == null);
		}
	}

	/**
	 * Copies rows or none.
	 * @return {@code null}, or why a value was refused
	 */
	private <T> @Nullable SQLException tryCopy(String sql, List<T> rows, BiConsumer<CopyText, T> writer)
			throws SQLException {
		CopyText text = new CopyText();
		for (T row : rows) {
			writer.accept(text, row);
			text.endRow();
		}
		byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
		Savepoint savepoint = this.connection.setSavepoint();
		try {
			CopyIn copy = this.connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
			try {
				copy.writeToCopy(bytes, 0, bytes.length);
				copy.endCopy();
			}
			finally {
				if (copy.isActive()) {
					copy.cancelCopy();
				}
			}
			this.connection.releaseSavepoint(savepoint);
			return null;
		}
		catch (SQLException ex) {
			if (!StoreProblems.isPoison(ex)) {
				throw ex;
			}
			this.connection.rollback(savepoint);
			return ex;
		}
	}

	private void write(CopyText text, StoredRow row) {
		RowChange change = row.change();
		SourceTransaction transaction = change.transaction();
		text.add(transaction.committedAt().toString())
			.add(this.source)
			.add(transaction.position().toString())
			.add(change.ordinal())
			.add(relationId(change.relation()))
			.add(transaction.transactionId())
			.add(change.context())
			.add(String.valueOf(change.operation().code()))
			.add(change.primaryKey())
			.add(StoredRow.json(row.image()))
			.add(StoredRow.json(row.replaced()))
			.add(row.unknown());
	}

	private void write(CopyText text, TransactionContext context) {
		text.add(context.transaction().committedAt().toString())
			.add(this.source)
			.add(context.transaction().position().toString())
			.add(context.number())
			.add(context.transaction().transactionId())
			.add(context.metadata());
	}

	private long relationId(TrackedRelation relation) {
		try {
			return this.relations.id(relation);
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	private @Nullable StoredRow quarantineRefused(StoredRow row, SQLException ex) {
		RowChange change = row.change();
		quarantine(new PoisonRow(change.transaction(), change.ordinal(), change.relation(), row.content(),
				StoreProblems.summary(ex)));
		return isTooLong(change.primaryKey()) ? row.withoutValues().withoutKey() : row.withoutValues();
	}

	/**
	 * The entry of the index holds more than the key.
	 */
	private static boolean isTooLong(@Nullable String key) {
		return key != null && key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY;
	}

	@Override
	public void quarantine(PoisonRow poison) {
		Long relation = (poison.relation() != null) ? relationId(poison.relation()) : null;
		logger.warn("A change of {} in transaction {} could not be stored as it is, the row is in bemi.quarantine: {}",
				(poison.relation() != null) ? poison.relation() : "a table", poison.transaction().transactionId(),
				poison.error());
		try {
			Savepoint savepoint = this.connection.setSavepoint();
			try {
				insert(poison, relation, poison.content().replace('\0', '\uFFFD'));
			}
			catch (SQLException ex) {
				// What was refused as a value may be refused as a text too.
				this.connection.rollback(savepoint);
				insert(poison, relation, escaped(poison.content()));
			}
			this.connection.releaseSavepoint(savepoint);
			this.quarantined++;
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	private void insert(PoisonRow poison, @Nullable Long relation, String content) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(QUARANTINE)) {
			statement.setInt(1, this.source);
			statement.setString(2, poison.transaction().committedAt().toString());
			statement.setString(3, poison.transaction().position().toString());
			statement.setLong(4, poison.ordinal());
			statement.setObject(5, relation);
			statement.setString(6, content);
			statement.setString(7, escaped(poison.error()));
			statement.executeUpdate();
		}
	}

	/**
	 * The text in ASCII, which every encoding has.
	 */
	private static String escaped(String text) {
		StringBuilder escaped = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c > 0 && c < 0x80) {
				escaped.append(c);
			}
			else {
				escaped.append("\\u%04x".formatted((int) c));
			}
		}
		return escaped.toString();
	}

	@Override
	public void confirmable(Position end) {
		try (PreparedStatement statement = this.connection.prepareStatement(CONFIRMABLE)) {
			statement.setString(1, end.toString());
			statement.setInt(2, this.source);
			statement.executeUpdate();
		}
		catch (SQLException ex) {
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public void commit() {
		try {
			this.connection.commit();
			this.committed = true;
			this.quarantine.added(this.quarantined);
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
