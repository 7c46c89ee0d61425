package io.bemi.dashboard.autoconfigure;

import java.util.List;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.autoconfigure.tracking.BemiTrackingInstaller;
import io.bemi.dashboard.api.Ingestion;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Asks ingestion and tracking of this application.
 */
final class LocalIngestion implements Ingestion {

	private static final String ADVICE = "It is tried again by itself; docs/operations.md says what else can be done";

	private final ObjectProvider<BemiIngestion> ingestion;

	private final ObjectProvider<BemiTrackingInstaller> tracking;

	LocalIngestion(ObjectProvider<BemiIngestion> ingestion, ObjectProvider<BemiTrackingInstaller> tracking) {
		this.ingestion = ingestion;
		this.tracking = tracking;
	}

	@Override
	public Report report() {
		BemiIngestion running = this.ingestion.getIfAvailable();
		IngestionStatus status = (running != null) ? running.status().orElse(null) : null;
		if (running == null || status == null) {
			return ELSEWHERE.report();
		}
		@Nullable String problem = running.problem().orElse(null);
		State state = (problem != null) ? State.FAILED : state(status.phase());
		String message = (problem != null) ? problem + ": " + status.message() : status.message();
		return new Report(state, message, (state == State.FAILED) ? ADVICE : null,
				running.slotUsage().map(SlotUsage::lag).orElse(null));
	}

	private static State state(IngestionStatus.Phase phase) {
		return switch (phase) {
			case STARTING -> State.CONNECTING;
			case STREAMING -> State.CONNECTED;
			case STANDBY -> State.STANDBY;
			case FAILED -> State.FAILED;
			case PAUSED, STOPPED -> State.OFF;
		};
	}

	@Override
	public List<Untracked> untracked() {
		BemiTrackingInstaller installer = this.tracking.getIfAvailable();
		return (installer == null) ? List.of()
				: installer.report()
					.map((report) -> report.untracked()
						.stream()
						.map((table) -> new Untracked(table.schema(), table.table(), table.reason()))
						.toList())
					.orElse(List.of());
	}

}
