package io.bemi.worker;

import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;

import io.bemi.dashboard.api.Ingestion;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;

/**
 * Tells the dashboard how all sources are.
 */
final class WorkerIngestion implements Ingestion {

	private final Worker worker;

	WorkerIngestion(Worker worker) {
		this.worker = worker;
	}

	/**
	 * The state is that of the source that is worst.
	 */
	@Override
	public Report report() {
		List<SourceReader> failed = this.worker.readers()
			.stream()
			.filter((reader) -> reader.problem() != null)
			.toList();
		long here = this.worker.readers().stream().filter(SourceReader::isHeld).count();
		String all = this.worker.readers().size() + " sources, of which this instance reads " + here;
		if (!failed.isEmpty()) {
			return new Report(State.FAILED,
					failed.size() + " of " + all + ": " + failed.stream().map(WorkerIngestion::told).collect(joined()),
					"It is tried again by itself; docs/worker.md says what else can be done", lag());
		}
		String sources = this.worker.readers().stream().map(WorkerIngestion::told).collect(joined());
		return new Report(state(), all + ": " + sources, null, lag());
	}

	private static String told(SourceReader reader) {
		String problem = reader.problem();
		return "'" + reader.source() + "' " + ((problem != null) ? problem : reader.message());
	}

	private static Collector<CharSequence, ?, String> joined() {
		return Collectors.joining("; ");
	}

	private State state() {
		boolean starting = false;
		boolean streaming = false;
		for (SourceReader reader : this.worker.readers()) {
			Phase phase = reader.ingestion().status().map(IngestionStatus::phase).orElse(null);
			starting |= phase == Phase.STARTING;
			streaming |= phase == Phase.STREAMING;
		}
		if (starting) {
			return State.CONNECTING;
		}
		return streaming ? State.CONNECTED : State.STANDBY;
	}

	/**
	 * Of those that are read here, together.
	 */
	private @Nullable Long lag() {
		List<Long> lags = this.worker.readers()
			.stream()
			.flatMap((reader) -> reader.ingestion().slotUsage().stream())
			.map(SlotUsage::lag)
			.toList();
		return lags.isEmpty() ? null : lags.stream().mapToLong(Long::longValue).sum();
	}

	@Override
	public List<Untracked> untracked() {
		return List.of();
	}

}
