package io.bemi.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.bemi.change.Position;
import io.bemi.ingestion.IngestionListener.Stage;
import org.jspecify.annotations.Nullable;

/**
 * One write of a {@link WatchedSink}.
 */
final class WatchedWrite implements SinkWrite {

	private final SinkWrite write;

	private final IngestionListener listener;

	private final Stage stage;

	private final Consumer<WatchedWrite> committed;

	private long busy;

	private long transactions;

	private long changes;

	private long baselineRows;

	private @Nullable Position last;

	private @Nullable Instant newest;

	private boolean ended;

	private WatchedWrite(SinkWrite write, IngestionListener listener, Stage stage, Consumer<WatchedWrite> committed,
			long busy) {
		this.write = write;
		this.listener = listener;
		this.stage = stage;
		this.committed = committed;
		this.busy = busy;
	}

	/**
	 * Begins one.
	 * @param begin begins the sink's own
	 * @param committed takes this one once it is stored
	 */
	static WatchedWrite begin(Supplier<SinkWrite> begin, IngestionListener listener, Consumer<WatchedWrite> committed) {
		Stage stage = listener.storing();
		long begun = System.nanoTime();
		try {
			SinkWrite write = begin.get();
			return new WatchedWrite(write, listener, stage, committed, System.nanoTime() - begun);
		}
		catch (RuntimeException ex) {
			stage.failed(ex);
			throw ex;
		}
	}

	long transactions() {
		return this.transactions;
	}

	long changes() {
		return this.changes;
	}

	/**
	 * When the last transaction in it was committed, but not later than now.
	 */
	@Nullable Instant newest() {
		Instant now = Instant.now();
		return (this.newest != null && this.newest.isAfter(now)) ? now : this.newest;
	}

	@Override
	public void append(List<RowChange> changes) {
		run(() -> this.write.append(changes));
		this.changes += changes.size();
		for (RowChange change : changes) {
			SourceTransaction transaction = change.transaction();
			if (!transaction.position().equals(this.last)) {
				this.transactions++;
				this.last = transaction.position();
				this.newest = transaction.committedAt();
			}
		}
	}

	@Override
	public void append(BaselineChunk chunk) {
		Stage copying = this.listener.copying(chunk.baseline().toString());
		long before = this.busy;
		try {
			run(() -> this.write.append(chunk));
		}
		catch (RuntimeException ex) {
			copying.failed(ex);
			throw ex;
		}
		copying.completed(chunk.read(), Duration.ofNanos(this.busy - before));
		this.baselineRows += chunk.read();
	}

	@Override
	public void appendContexts(List<TransactionContext> contexts) {
		run(() -> this.write.appendContexts(contexts));
	}

	@Override
	public void replaceContexts(SourceTransaction transaction, String metadata) {
		run(() -> this.write.replaceContexts(transaction, metadata));
	}

	@Override
	public void quarantine(PoisonRow poison) {
		run(() -> this.write.quarantine(poison));
	}

	@Override
	public void skip(SkippedTransaction skipped) {
		run(() -> this.write.skip(skipped));
	}

	@Override
	public void beginHistory(SourceTransaction moment) {
		run(() -> this.write.beginHistory(moment));
	}

	@Override
	public void requestBaseline(TrackedRelation table, SourceTransaction since, long ordinal, boolean empty) {
		run(() -> this.write.requestBaseline(table, since, ordinal, empty));
	}

	@Override
	public void endBaseline(PendingBaseline baseline, String reason) {
		run(() -> this.write.endBaseline(baseline, reason));
	}

	@Override
	public void commit() {
		run(this.write::commit);
		this.ended = true;
		this.committed.accept(this);
		this.stage.completed(this.changes + this.baselineRows, Duration.ofNanos(this.busy));
	}

	@Override
	public void close() {
		try {
			this.write.close();
		}
		finally {
			fail(new SinkException("What was written is not committed", null));
		}
	}

	private void run(Runnable call) {
		long begun = System.nanoTime();
		try {
			call.run();
		}
		catch (RuntimeException ex) {
			fail(ex);
			throw ex;
		}
		finally {
			this.busy += System.nanoTime() - begun;
		}
	}

	private void fail(RuntimeException ex) {
		if (!this.ended) {
			this.ended = true;
			this.stage.failed(ex);
		}
	}

}
