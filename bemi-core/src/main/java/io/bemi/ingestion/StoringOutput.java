package io.bemi.ingestion;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import org.jspecify.annotations.Nullable;

/**
 * Collects transactions and has them stored, many small ones in one write, a large one in
 * a write of its own while it arrives. What is stored is stored beside what arrives next.
 */
final class StoringOutput implements TransactionAssembler.Output, AutoCloseable {

	/**
	 * How much of the log that holds nothing to store may pass before the sink notes it.
	 * Far more than noting it writes, for the sink may be in the source.
	 */
	private static final long LONGEST_SKIP = 1L << 20;

	private static final long SKIP_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How much may pass for long. Still more than noting it writes, and what the server
	 * writes by itself meanwhile.
	 */
	private static final long SHORT_SKIP = 16 << 10;

	private static final long LONG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

	private final ChangeSink sink;

	private final MemoryLimit limit;

	private final KeyMoves moves;

	private final StoringThread thread;

	private long characters;

	/** As far as it is stored. */
	private volatile SinkSource source;

	/** Up to where changes were handed on to be stored. */
	private @Nullable Position handedOn;

	private final Resumption resumption;

	private final LongSupplier nanoTime;

	private long skippedAt;

	private volatile boolean stored;

	private @Nullable Position pendingCommit;

	private List<RowChange> rows = new ArrayList<>();

	private List<TransactionContext> contexts = new ArrayList<>();

	private List<PoisonRow> poison = new ArrayList<>();

	private List<SkippedTransaction> skipped = new ArrayList<>();

	private @Nullable SinkWrite large;

	StoringOutput(ChangeSink sink, SinkSource source, MemoryLimit limit, KeyMoves moves, Resumption resumption) {
		this(sink, source, limit, moves, resumption, StoringThread.start(), System::nanoTime);
	}

	StoringOutput(ChangeSink sink, SinkSource source, MemoryLimit limit, KeyMoves moves, Resumption resumption,
			StoringThread thread, LongSupplier nanoTime) {
		this.thread = thread;
		this.nanoTime = nanoTime;
		this.skippedAt = nanoTime.getAsLong() - SKIP_INTERVAL;
		this.sink = sink;
		this.moves = moves;
		this.source = source;
		this.handedOn = source.position();
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
	 * the sink is in it. What is left over once others stop writing is noted late, for
	 * else the server would keep all log since its mark before the last one.
	 * @param position before every commit that is still to come
	 */
	void skipTo(Position position) {
		this.resumption.pass(position);
		if (hasPending() || this.large != null || this.thread.isBusy()) {
			return;
		}
		long skipped = position.value() - storedUpTo().value();
		if (skipped < SHORT_SKIP) {
			return;
		}
		long now = this.nanoTime.getAsLong();
		if (now - this.skippedAt < ((skipped < LONGEST_SKIP) ? LONG_INTERVAL : SKIP_INTERVAL)) {
			return;
		}
		this.skippedAt = now;
		Position last = position.previous();
		try (SinkWrite write = this.sink.begin(this.source, last)) {
			write.commit();
		}
		this.source = this.source.at(last);
		this.handedOn = last;
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
	public void skipped(SkippedTransaction transaction, List<RowChange> statements, TransactionContext context,
			Position end) {
		if (!isStored(transaction.transaction())) {
			this.skipped.add(transaction);
		}
		transaction(transaction.transaction(), statements, List.of(context), List.of(), end);
	}

	/**
	 * The place is noted as soon as nothing else arrives, or together with what does:
	 * however many wait, there is no more than one write for all of them. Nothing is
	 * written when nobody waits.
	 */
	@Override
	public void barrier(SourceTransaction transaction, Position end) {
		if (!isStored(transaction)) {
			this.pendingCommit = end.previous();
		}
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
			this.thread.await();
			this.large = this.sink.begin(this.source, transaction.position());
		}
		rows.forEach(this.moves::observe);
		long length = rows.stream().mapToLong(RowChange::length).sum();
		SinkWrite write = this.large;
		Batch batch = new Batch(rows, contexts, poison, List.of());
		hand(length, () -> batch.writeTo(write));
	}

	@Override
	public void discard() {
		if (this.large != null) {
			this.thread.await();
			this.large.close();
			this.large = null;
		}
	}

	@Override
	public void replaceContexts(SourceTransaction transaction, String metadata) {
		SinkWrite write = this.large;
		if (write != null) {
			this.thread.run(() -> write.replaceContexts(transaction, metadata));
		}
	}

	@Override
	public void end(SourceTransaction transaction, Position end) {
		SinkWrite write = this.large;
		if (write == null) {
			return;
		}
		this.thread.await();
		write.commit();
		write.close();
		this.large = null;
		stored(transaction.position());
		this.handedOn = transaction.position();
	}

	/**
	 * Has stored what is pending, beside what arrives next.
	 */
	void flush() {
		Position commit = this.pendingCommit;
		if (commit == null) {
			return;
		}
		Batch batch = new Batch(this.rows, this.contexts, this.poison, this.skipped);
		long length = this.characters;
		this.pendingCommit = null;
		this.handedOn = commit;
		this.rows = new ArrayList<>();
		this.contexts = new ArrayList<>();
		this.poison = new ArrayList<>();
		this.skipped = new ArrayList<>();
		this.characters = 0;
		hand(length, () -> {
			try (SinkWrite write = this.sink.begin(this.source, commit)) {
				batch.writeTo(write);
				write.commit();
			}
			stored(commit);
		});
	}

	/**
	 * What takes much memory is stored first, and only then is the next read.
	 */
	private void hand(long length, Runnable work) {
		this.thread.run(work);
		if (length >= this.limit.beside()) {
			this.thread.await();
		}
	}

	private void stored(Position commit) {
		this.source = this.source.at(commit);
		this.stored = true;
	}

	/**
	 * Whether something is being stored, or was, and nobody has seen the end of it.
	 */
	boolean isStoring() {
		return this.thread.isBusy();
	}

	/**
	 * Waits until everything is stored that was handed on.
	 * @param nanos how long at most
	 * @return whether it is
	 */
	boolean awaitStored(long nanos) {
		return this.thread.await(nanos);
	}

	/**
	 * The tables whose rows are to be copied.
	 */
	List<PendingBaseline> baselines() {
		flush();
		this.thread.await();
		return this.sink.baselines(this.source);
	}

	/**
	 * Stores what is pending, and then something that does not come from the stream.
	 */
	void write(Work work) throws SQLException {
		flush();
		this.thread.await();
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
		Position stored = (this.pendingCommit != null) ? this.pendingCommit : this.handedOn;
		return stored != null && !transaction.position().isAfter(stored);
	}

	@Override
	public void close() {
		this.thread.close();
		if (this.large != null) {
			this.large.close();
			this.large = null;
		}
	}

	/**
	 * What is stored together.
	 */
	private record Batch(List<RowChange> rows, List<TransactionContext> contexts, List<PoisonRow> poison,
			List<SkippedTransaction> skipped) {

		/**
		 * Writes it, and lets go of it: what is read next may need the memory.
		 */
		void writeTo(SinkWrite write) {
			write.append(this.rows);
			write.appendContexts(this.contexts);
			this.poison.forEach(write::quarantine);
			this.skipped.forEach(write::skip);
			this.rows.clear();
			this.contexts.clear();
			this.poison.clear();
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
