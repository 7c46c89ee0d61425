package io.bemi.ingestion;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import org.jspecify.annotations.Nullable;

/**
 * Collects transactions and hands them to the sink, many small ones in one write, a large
 * one in a write of its own while it arrives.
 */
final class StoringOutput implements TransactionAssembler.Output, AutoCloseable {

	/**
	 * How much of the log that holds nothing to store may pass before the sink notes it.
	 * Far more than noting it writes, for the sink may be in the source.
	 */
	private static final long LONGEST_SKIP = 1L << 20;

	private static final long SKIP_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	private final ChangeSink sink;

	private final MemoryLimit limit;

	private final KeyMoves moves;

	private long characters;

	private SinkSource source;

	private final Resumption resumption;

	private long skippedAt = System.nanoTime() - SKIP_INTERVAL;

	private boolean stored;

	private @Nullable Position pendingCommit;

	private final List<RowChange> rows = new ArrayList<>();

	private final List<TransactionContext> contexts = new ArrayList<>();

	private final List<PoisonRow> poison = new ArrayList<>();

	private @Nullable SinkWrite large;

	StoringOutput(ChangeSink sink, SinkSource source, MemoryLimit limit, KeyMoves moves, Resumption resumption) {
		this.sink = sink;
		this.moves = moves;
		this.source = source;
		this.limit = limit;
		this.resumption = resumption;
	}

	/**
	 * Whether anything was stored.
	 */
	boolean hasStored() {
		return this.stored;
	}

	boolean hasPending() {
		return this.pendingCommit != null;
	}

	boolean isFull() {
		return this.limit.isReached(this.rows.size() + this.poison.size(), this.characters);
	}

	/**
	 * Up to where the server may forget. Never further than the sink knows to be done: so
	 * a slot that is further than the sink tells that something is missing.
	 */
	Position storedUpTo() {
		return (this.source.position() != null) ? this.source.position().next() : Position.ZERO;
	}

	/**
	 * Takes note that nothing before a position is left to store. The sink notes it
	 * rarely, and never where the log hardly grows: an idle database stays idle even when
	 * the sink is in it.
	 * @param position before every commit that is still to come
	 */
	void skipTo(Position position) {
		this.resumption.pass(position);
		long now = System.nanoTime();
		if (hasPending() || this.large != null || position.value() - storedUpTo().value() < LONGEST_SKIP
				|| now - this.skippedAt < SKIP_INTERVAL) {
			return;
		}
		this.skippedAt = now;
		note(position);
	}

	/**
	 * Notes now that nothing before a position is left to store: somebody waits for it.
	 * @param position the end of a transaction
	 */
	void reach(Position position) {
		if (!hasPending() && this.large == null && position.isAfter(storedUpTo())) {
			note(position);
		}
	}

	private void note(Position position) {
		Position last = position.previous();
		try (SinkWrite write = this.sink.begin(this.source, last)) {
			write.commit();
		}
		this.source = this.source.at(last);
	}

	@Override
	public void transaction(SourceTransaction transaction, List<RowChange> rows, List<TransactionContext> contexts,
			List<PoisonRow> poison, Position end) {
		boolean empty = rows.isEmpty() && poison.isEmpty();
		this.resumption.observe(transaction, empty);
		if (isStored(transaction)) {
			return;
		}
		if (empty) {
			// An empty transaction must not cause a write, which would be the next one
			// when the store is in the source.
			skipTo(end);
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
		this.resumption.observe(transaction, rows.isEmpty() && poison.isEmpty());
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
		this.stored = true;
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
			this.stored = true;
		}
		this.pendingCommit = null;
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
		Position stored = (this.pendingCommit != null) ? this.pendingCommit : this.source.position();
		return stored != null && !transaction.position().isAfter(stored);
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
