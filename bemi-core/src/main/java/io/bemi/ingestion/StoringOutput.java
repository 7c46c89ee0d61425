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

	private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final ChangeSink sink;

	private final MemoryLimit limit;

	private final KeyMoves moves;

	private long characters;

	private SinkSource source;

	private Position storedUpTo;

	private Position confirmable;

	private boolean stored;

	/** When the oldest of what was skipped and not noted arrived, and the newest. */
	private long skippedSince;

	private long skippedLast;

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
		this.confirmable = this.storedUpTo;
	}

	/**
	 * Whether anything was stored.
	 */
	boolean hasStored() {
		return this.stored;
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

	/**
	 * Up to where the slot may be confirmed: no further than the sink knows, so that a
	 * sink that is set back can be told from one that had nothing to store.
	 */
	Position confirmable() {
		return this.sink.notesSkips() ? this.confirmable : this.storedUpTo;
	}

	/**
	 * Takes note that nothing is to be stored up to a position.
	 */
	void skipTo(Position position) {
		long now = System.nanoTime();
		if (!this.storedUpTo.isAfter(this.confirmable)) {
			this.skippedSince = now;
		}
		this.skippedLast = now;
		this.storedUpTo = position;
	}

	/**
	 * Tells the sink what was skipped: soon after the last of it, for a server that shuts
	 * down waits for that to be confirmed; now and then while there is more and more.
	 */
	void noteSkipped() {
		long now = System.nanoTime();
		if (this.storedUpTo.isAfter(this.confirmable) && this.sink.notesSkips()
				&& (now - this.skippedLast >= QUIET_NANOS || now - this.skippedSince >= BUSY_NANOS)) {
			this.sink.skip(this.source, this.storedUpTo);
			this.confirmable = this.storedUpTo;
		}
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
		this.contexts.addAll(contexts);
		this.poison.addAll(poison);
		this.pendingCommit = transaction.position();
	}

	@Override
	public void part(SourceTransaction transaction, List<RowChange> rows, List<PoisonRow> poison) {
		if (isStored(transaction)) {
			return;
		}
		if (this.large == null) {
			flush();
			this.large = this.sink.begin(this.source, transaction.position());
		}
		this.large.append(rows);
		rows.forEach(this.moves::observe);
		poison.forEach(this.large::quarantine);
	}

	@Override
	public void end(SourceTransaction transaction, List<TransactionContext> contexts, Position end) {
		if (this.large == null) {
			return;
		}
		this.large.appendContexts(contexts);
		this.large.confirmable(end);
		this.large.commit();
		this.large.close();
		this.large = null;
		this.source = this.source.at(transaction.position());
		this.storedUpTo = end;
		this.confirmable = end;
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
				write.confirmable(Objects.requireNonNull(this.pendingEnd));
				write.commit();
			}
			this.source = this.source.at(this.pendingCommit);
			this.storedUpTo = this.pendingEnd;
			this.confirmable = this.pendingEnd;
			this.stored = true;
		}
		else if (this.pendingEnd != null) {
			skipTo(this.pendingEnd);
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
