package io.bemi.dashboard.api;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.dashboard.http.Access;
import io.bemi.dashboard.http.Call;
import io.bemi.query.Changes;
import io.bemi.query.HistoryState;
import org.jspecify.annotations.Nullable;

/**
 * Says who asks, how recording is, and which tables there are.
 */
final class StatusApi {

	/** So long is an answer good, however many ask. */
	private static final Duration KEPT = Duration.ofSeconds(5);

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final Changes changes;

	private final Ingestion ingestion;

	private final Access access;

	private final CsrfTokens tokens;

	private final String application;

	private final @Nullable String traceUrl;

	private @Nullable Map<String, @Nullable Object> status;

	private long statusAt;

	StatusApi(Changes changes, Ingestion ingestion, Access access, CsrfTokens tokens, String application,
			@Nullable String traceUrl) {
		this.changes = changes;
		this.ingestion = ingestion;
		this.access = access;
		this.tokens = tokens;
		this.application = application;
		this.traceUrl = traceUrl;
	}

	void me(Call call) throws IOException {
		call.parameters().finish();
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("user", call.user().name());
		answer.put("canRead", true);
		answer.put("canRevert", this.access.mayRevert(call.request()));
		answer.put("csrf", this.tokens.of(call.request()));
		answer.put("traceUrl", this.traceUrl);
		answer.put("application", this.application);
		answer.put("zone", ZoneId.systemDefault().getId());
		call.reply(answer);
	}

	void status(Call call) throws IOException {
		call.parameters().finish();
		call.reply(status());
	}

	private synchronized Map<String, @Nullable Object> status() {
		Map<String, @Nullable Object> known = this.status;
		if (known == null || System.nanoTime() - this.statusAt > KEPT.toNanos()) {
			known = read();
			this.status = known;
			this.statusAt = System.nanoTime();
		}
		return known;
	}

	private Map<String, @Nullable Object> read() {
		Ingestion.Report report = this.ingestion.report();
		HistoryState state = this.changes.state();
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("state", report.state().name());
		answer.put("message", report.message());
		answer.put("advice", report.advice());
		answer.put("lagBytes", report.lagBytes());
		answer.put("lagSeconds", lag(report.state()));
		answer.put("lastCommit", this.changes.query().first().map(Change::committedAt).map(Shown::time).orElse(null));
		answer.put("baseline", Map.of("tables", state.tables(), "completed", state.completed(), "rows", state.rows()));
		answer.put("gaps", state.gaps().stream().map(StatusApi::gap).toList());
		answer.put("untracked", this.ingestion.untracked().stream().map(StatusApi::untracked).toList());
		return answer;
	}

	/**
	 * How long what is committed now takes to be in the history.
	 */
	private @Nullable Double lag(Ingestion.State state) {
		if (state != Ingestion.State.CONNECTED && state != Ingestion.State.STANDBY) {
			return null;
		}
		long start = System.nanoTime();
		try {
			this.changes.awaitIngested(PATIENCE);
		}
		catch (RuntimeException ex) {
			// It takes longer, or nobody can tell.
			return null;
		}
		return Math.round((System.nanoTime() - start) / 1e6) / 1e3;
	}

	private static Map<String, @Nullable Object> gap(HistoryState.Interruption gap) {
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		shown.put("reason", gap.reason());
		shown.put("fromTime", Shown.timeOrNull(gap.fromTime()));
		shown.put("toTime", Shown.timeOrNull(gap.toTime()));
		shown.put("noticedAt", Shown.time(gap.noticedAt()));
		return shown;
	}

	private static Map<String, @Nullable Object> untracked(Ingestion.Untracked table) {
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		shown.put("schema", table.schema());
		shown.put("table", table.table());
		shown.put("why", table.why());
		return shown;
	}

	void tables(Call call) throws IOException {
		call.parameters().finish();
		List<Map<String, @Nullable Object>> tables = this.changes.tables().stream().map((table) -> {
			Map<String, @Nullable Object> shown = new LinkedHashMap<>();
			shown.put("database", table.database());
			shown.put("schema", table.schema());
			shown.put("table", table.table());
			shown.put("columns", table.columns());
			shown.put("key", table.keyColumns());
			shown.put("hasKey", !table.keyColumns().isEmpty());
			return shown;
		}).toList();
		call.reply(tables);
	}

}
