package io.bemi.ingestion;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import org.jspecify.annotations.Nullable;

/**
 * Collects transactions and hands them to the sink, many small ones in one write, a large
 * one in a write of its own while it arrives.
 */
final class StoringOutput implements TransactionAssembler.Output, AutoCloseable {

	private final ChangeSink sink;

	private final MemoryLimit limit;

	private final KeyMoves moves;

	private long characters;

	private SinkSource source;

	private Position storedUpTo;

	private @Nullable Position pendingEnd;

	private @Nullable Position pendingCommit;

	private final List<RowChange> rows = new ArrayList<>();

	private final List<TransactionContext> contexts = new ArrayList<>();

	private final List<PoisonRow> poison = new ArrayList<>();

	private @Nullable SinkWrite large;

	StoringOutput(ChangeSink sink, SinkSource source, MemoryLimit limit, KeyMoves moves) {
		this.sink = sink;
		this.moves = moves;
		this.source = source;
		this.limit = limit;
		this.storedUpTo = (source.position() != null) ? source.position() : Position.ZERO;
	}

	boolean hasPending() {
		return this.pendingEnd != null;
	}

	boolean isFull() {
		return this.limit.isReached(this.rows.size() + this.poison.size(), this.characters);
	}

	/**
	 * Up to where nothing is left to do.
	 */
	Position storedUpTo() {
		return this.storedUpTo;
	}

	void skipTo(Position position) {
		this.storedUpTo = position;
	}

	@Override
	public void transaction(SourceTransaction transaction, List<RowChange> rows, List<TransactionContext> contexts,
			List<PoisonRow> poison, Position end) {
		if (isStored(transaction)) {
			return;
		}
		this.pendingEnd = end;
		if (rows.isEmpty() && poison.isEmpty()) {
			// Nothing to store: an empty transaction must not cause a write, which would
			// be
			// the next one when the store is in the source.
			return;
		}
		this.rows.addAll(rows);
		for (RowChange row : rows) {
			this.moves.observe(row);
			this.characters += row.length();
		}
		for (TransactionContext context : contexts) {
			this.contexts.add(context);
			this.characters += context.metadata().length();
		}
		for (PoisonRow row : poison) {
			this.poison.add(row);
			this.characters += row.content().length();
		}
		this.pendingCommit = transaction.position();
	}

	@Override
	public void part(SourceTransaction transaction, List<RowChange> rows, List<TransactionContext> contexts,
			List<PoisonRow> poison) {
		if (isStored(transaction)) {
			return;
		}
		if (this.large == null) {
			flush();
			this.large = this.sink.begin(this.source, transaction.position());
		}
		this.large.append(rows);
		rows.forEach(this.moves::observe);
		this.large.appendContexts(contexts);
		poison.forEach(this.large::quarantine);
	}

	@Override
	public void replaceContexts(SourceTransaction transaction, String metadata) {
		if (this.large != null) {
			this.large.replaceContexts(transaction, metadata);
		}
	}

	@Override
	public void end(SourceTransaction transaction, Position end) {
		if (this.large == null) {
			return;
		}
		this.large.commit();
		this.large.close();
		this.large = null;
		this.source = this.source.at(transaction.position());
		this.storedUpTo = end;
	}

	/**
	 * Stores what is pending.
	 */
	void flush() {
		if (this.pendingCommit != null) {
			try (SinkWrite write = this.sink.begin(this.source, this.pendingCommit)) {
				write.append(this.rows);
				write.appendContexts(this.contexts);
				this.poison.forEach(write::quarantine);
				write.commit();
			}
			this.source = this.source.at(this.pendingCommit);
		}
		if (this.pendingEnd != null) {
			this.storedUpTo = this.pendingEnd;
		}
		this.pendingCommit = null;
		this.pendingEnd = null;
		this.rows.clear();
		this.characters = 0;
		this.contexts.clear();
		this.poison.clear();
	}

	/**
	 * The tables whose rows are to be copied.
	 */
	List<PendingBaseline> baselines() {
		flush();
		return this.sink.baselines(this.source);
	}

	/**
	 * Stores what is pending, and then something that does not come from the stream.
	 */
	void write(Work work) throws SQLException {
		flush();
		Position position = Objects.requireNonNull(this.source.position());
		try (SinkWrite write = this.sink.begin(this.source, position)) {
			work.accept(write);
			write.commit();
		}
	}

	/**
	 * After a restart the server may send what was stored but not confirmed.
	 */
	private boolean isStored(SourceTransaction transaction) {
		Position stored = this.source.position();
		Position pending = (this.pendingCommit != null) ? this.pendingCommit : stored;
		return pending != null && !transaction.position().isAfter(pending);
	}

	@Override
	public void close() {
		if (this.large != null) {
			this.large.close();
			this.large = null;
		}
	}

	/**
	 * Something to write.
	 */
	interface Work {

		/**
		 * Writes it.
		 * @param write where to
		 * @throws SQLException when it cannot be read
		 */
		void accept(SinkWrite write) throws SQLException;

	}

}
