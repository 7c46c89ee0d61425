package io.bemi.autoconfigure.actuator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.TableColumns;
import io.bemi.query.HistoryState.Interruption;
import io.bemi.store.chain.ChainAnchor;
import io.bemi.store.chain.ChainBreak;
import io.bemi.store.chain.ChainReport;
import io.bemi.store.chain.ChainVerifier;
import io.bemi.tracking.TrackingReport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Endpoint {@code bemi} of the actuator: what ingestion and tracking do here, with which
 * settings; and their pause.
 */
@Endpoint(id = "bemi")
public final class BemiEndpoint {

	private final BemiIngestion ingestion;

	private final Supplier<@Nullable TrackingReport> tracking;

	private final Supplier<List<Interruption>> gaps;

	private final Supplier<Map<String, Object>> settings;

	private final Supplier<@Nullable ChainVerifier> verifier;

	BemiEndpoint(BemiIngestion ingestion, Supplier<@Nullable TrackingReport> tracking,
			Supplier<List<Interruption>> gaps, Supplier<Map<String, Object>> settings,
			Supplier<@Nullable ChainVerifier> verifier) {
		this.ingestion = ingestion;
		this.tracking = tracking;
		this.gaps = gaps;
		this.settings = settings;
		this.verifier = verifier;
	}

	/**
	 * How everything is now.
	 * @return the answer, as a document
	 */
	@ReadOperation
	public Map<String, Object> status() {
		Map<String, Object> status = new LinkedHashMap<>(this.ingestion.details());
		status.put("paused", this.ingestion.isPaused());
		this.ingestion.progress().ifPresent((progress) -> {
			status.put("storedChanges", progress.changes());
			status.put("storedTransactions", progress.transactions());
		});
		TrackingReport report = this.tracking.get();
		if (report != null) {
			status.put("tables", tables(report));
		}
		status.put("columns", this.ingestion.columns().stream().map(BemiEndpoint::columns).toList());
		status.put("gaps", gaps());
		status.put("settings", this.settings.get());
		return status;
	}

	/**
	 * Reads the whole history, or the ends of its chains.
	 * @param check what to look at
	 * @return of each source what was found
	 */
	@ReadOperation
	public Map<String, Object> check(@Selector Check check) {
		ChainVerifier found = this.verifier.get();
		if (found == null) {
			return Map.of("message", "There is no store to be read here");
		}
		return (check == Check.VERIFY) ? Map.of("chains", found.verify().stream().map(BemiEndpoint::chain).toList())
				: Map.of("anchors", found.anchors().stream().map(ChainAnchor::toString).toList());
	}

	private static Map<String, Object> chain(ChainReport report) {
		Map<String, Object> chain = new LinkedHashMap<>();
		chain.put("source", report.source());
		chain.put("intact", report.isIntact());
		chain.put("links", report.links());
		chain.put("changes", report.changes());
		chain.put("contexts", report.contexts());
		chain.put("erased", report.erased());
		chain.put("removed", report.removed());
		chain.put("uncovered", report.uncovered());
		ChainBreak broken = report.broken();
		if (broken != null) {
			chain.put("broken", broken.toString());
		}
		return chain;
	}

	/**
	 * Who asks while a database is away does not want to wait for it.
	 */
	private Object gaps() {
		if (this.ingestion.status().filter((status) -> status.phase() != Phase.FAILED).isEmpty()) {
			return "Not asked for, because ingestion does not run";
		}
		try {
			return this.gaps.get().stream().map(BemiEndpoint::gap).toList();
		}
		catch (RuntimeException ex) {
			return "Not known: " + ex.getMessage();
		}
	}

	/**
	 * Pauses ingestion of this instance, or ends that.
	 * @param action what to do
	 * @return how it is now, and what that means
	 */
	@WriteOperation
	public Map<String, Object> act(@Selector Action action) {
		Map<String, Object> answer = new LinkedHashMap<>();
		if (action == Action.PAUSE) {
			IngestionStatus status = this.ingestion.pause().orElse(null);
			answer.put("paused", this.ingestion.isPaused());
			if (status != null) {
				answer.put("phase", status.phase().name());
			}
			answer.put("message", message(status));
		}
		else {
			this.ingestion.resume();
			answer.put("paused", false);
			answer.put("message",
					"What was committed meanwhile is recorded now, as far as the server has kept the log");
		}
		return answer;
	}

	private String message(@Nullable IngestionStatus status) {
		if (status == null) {
			return "Ingestion does not run here";
		}
		if (!this.ingestion.isPaused()) {
			return "Not paused, because another instance records: pause that one. " + status.message();
		}
		return (status.phase() == Phase.PAUSED) ? status.message()
				: "To be paused once what has arrived is stored. " + status.message();
	}

	private static Map<String, Object> tables(TrackingReport report) {
		Map<String, Object> tables = new LinkedHashMap<>();
		tables.put("tracked", report.tracked());
		tables.put("untracked",
				report.untracked()
					.stream()
					.map((table) -> Map.of("table", table.schema() + "." + table.table(), "reason", table.reason()))
					.toList());
		return tables;
	}

	private static Map<String, Object> columns(TableColumns chosen) {
		Map<String, Object> columns = new LinkedHashMap<>();
		columns.put("table", chosen.schema() + "." + chosen.table());
		columns.put("excluded", chosen.excluded());
		columns.put("masked", chosen.masked());
		columns.put("ignored", chosen.ignored());
		return columns;
	}

	private static Map<String, Object> gap(Interruption gap) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("reason", gap.reason());
		if (gap.fromTime() != null) {
			details.put("fromTime", gap.fromTime().toString());
		}
		if (gap.toTime() != null) {
			details.put("toTime", gap.toTime().toString());
		}
		details.put("noticedAt", gap.noticedAt().toString());
		return details;
	}

	/**
	 * What can be looked at.
	 */
	public enum Check {

		/** Whether the history is as it was stored. */
		VERIFY,

		/** The newest link of each chain, to be kept elsewhere. */
		ANCHORS

	}

	/**
	 * What can be done.
	 */
	public enum Action {

		/** Reads nothing more, and keeps others from it; the server keeps the log. */
		PAUSE,

		/** Ends a pause. */
		RESUME

	}

}
