package io.bemi.ingestion;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import io.bemi.change.Position;
import io.bemi.replication.SourceIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Counts what another sink stores, and tells a listener.
 */
public final class WatchedSink implements ChangeSink {

	private final ChangeSink sink;

	private final IngestionListener listener;

	private volatile IngestionProgress progress = IngestionProgress.NONE;

	/**
	 * Watches a sink.
	 * @param sink the sink, used by nobody else
	 * @param listener is told what is stored
	 */
	public WatchedSink(ChangeSink sink, IngestionListener listener) {
		this.sink = sink;
		this.listener = listener;
	}

	/**
	 * What was stored; what was received is not known here.
	 */
	public IngestionProgress progress() {
		return this.progress;
	}

	@Override
	public SinkWrite begin(SinkSource source, Position next) {
		return WatchedWrite.begin(() -> this.sink.begin(source, next), this.listener,
				(write) -> this.progress = this.progress.plus(write.transactions(), write.changes(), write.newest()));
	}

	@Override
	public SinkSource open(SourceIdentity identity) {
		return this.sink.open(identity);
	}

	@Override
	public SinkSource supersede(SinkSource source, SourceIdentity identity, String reason) {
		return this.sink.supersede(source, identity, reason);
	}

	@Override
	public boolean isRetired() {
		return this.sink.isRetired();
	}

	@Override
	public boolean holds(SinkSource source, SourceTransaction transaction) {
		return this.sink.holds(source, transaction);
	}

	@Override
	public boolean endsWithTransaction(SinkSource source) {
		return this.sink.endsWithTransaction(source);
	}

	@Override
	public Map<Integer, PrimaryKey> primaryKeys(SinkSource source) {
		return this.sink.primaryKeys(source);
	}

	@Override
	public Quarantine quarantine() {
		return this.sink.quarantine();
	}

	@Override
	public @Nullable Gap lastGap() {
		return this.sink.lastGap();
	}

	@Override
	public OptionalLong gaps() {
		return this.sink.gaps();
	}

	@Override
	public List<PendingBaseline> baselines(SinkSource source) {
		return this.sink.baselines(source);
	}

	@Override
	public void close() {
		this.sink.close();
	}

}
