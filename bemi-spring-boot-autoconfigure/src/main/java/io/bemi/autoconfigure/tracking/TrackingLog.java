package io.bemi.autoconfigure.tracking;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.bemi.tracking.TrackingReport;
import io.bemi.tracking.TrackingReport.UntrackedTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Says everything once, however often it is tried.
 */
final class TrackingLog {

	private final Logger logger;

	private final Set<String> said = ConcurrentHashMap.newKeySet();

	TrackingLog(Logger logger) {
		this.logger = logger;
	}

	void report(TrackingReport report) {
		if (first("tracked " + report.tracked())) {
			this.logger.info("Changes of {} tables are tracked", report.tracked().size());
			this.logger.debug("Tracked: {}", report.tracked());
		}
		for (UntrackedTable table : report.untracked()) {
			if (first("untracked " + table)) {
				this.logger.warn("Changes of table {}.{} are not tracked: {}", table.schema(), table.table(),
						table.reason());
			}
		}
		if (report.eventTriggerMissing() != null && first("event trigger " + report.eventTriggerMissing())) {
			this.logger.info("Tables that are created while the application runs are tracked after the next migration"
					+ " or start: {}", report.eventTriggerMissing());
		}
	}

	void failure(String message) {
		failure(message, null);
	}

	void failure(String message, @Nullable Throwable cause) {
		if (first(message)) {
			this.logger.warn(message, cause);
		}
	}

	private boolean first(String message) {
		return this.said.add(message);
	}

}
