package io.bemi.dashboard.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

import io.bemi.dashboard.DashboardAuthorizer;
import io.bemi.dashboard.DashboardEvent.Action;
import io.bemi.dashboard.http.Access;
import io.bemi.dashboard.http.Call;
import io.bemi.dashboard.http.Route;
import io.bemi.dashboard.http.Route.Handler;
import io.bemi.dashboard.http.Route.Permission;
import io.bemi.dashboard.live.LiveChanges;
import io.bemi.query.Changes;
import io.bemi.query.Json;
import io.bemi.revert.Reverter;
import io.bemi.timetravel.TimeTravel;
import org.jspecify.annotations.Nullable;

/**
 * All that the API answers.
 */
public final class Api {

	static final String DOCUMENT = "/io/bemi/dashboard/openapi.json";

	private Api() {
	}

	/**
	 * The routes; of two that match a path, the first one counts.
	 * @param changes the recorded changes
	 * @param history the same as a user may see them
	 * @param travel reads the past; {@code null} where nothing does
	 * @param reverter reverts; {@code null} where nothing does
	 * @param live follows new changes
	 * @param ingestion tells what ingestion does
	 * @param access who may
	 * @param authorizers decide who may see one record
	 * @param tokens finds tokens against forged requests
	 * @param application the application's name
	 * @param traceUrl where a trace is shown, with {@code {traceId}} in it; {@code null}
	 * for nowhere
	 */
	public static List<Route> routes(Changes changes, History history, @Nullable TimeTravel travel,
			@Nullable Reverter reverter, LiveChanges live, Ingestion ingestion, Access access,
			Supplier<List<DashboardAuthorizer>> authorizers, CsrfTokens tokens, String application,
			@Nullable String traceUrl) {
		ChangesApi list = new ChangesApi(history, live);
		RecordsApi records = new RecordsApi(history, travel);
		RevertsApi reverts = new RevertsApi(history, reverter);
		StatusApi status = new StatusApi(changes, ingestion, access, tokens, application, traceUrl);
		return List.of(get("/me", null, status::me), get("/status", null, status::status),
				get("/tables", null, status::tables), get("/changes", Action.VIEW, list::list),
				get("/changes/stream", Action.STREAM, list::stream), get("/changes/{id}", Action.VIEW, list::find),
				get("/counts", Action.VIEW, list::counts), get("/top", Action.VIEW, list::top),
				get("/export", Action.EXPORT, new ExportApi(history)::export),
				get("/records", Action.VIEW, records::find), get("/records/diff", Action.VIEW, records::diff),
				get("/transactions/{id}", Action.VIEW, list::transaction),
				new Route("POST", "/revert/plan", Permission.REVERT, Action.PLAN, reverts::plan),
				new Route("POST", "/revert", Permission.REVERT, Action.REVERT, reverts::execute),
				get("/openapi.json", null, Api::document), new Route("GET", "/embed/history", Permission.OWN,
						Action.VIEW, new EmbedApi(history, access, authorizers)::history));
	}

	private static Route get(String template, @Nullable Action action, Handler handler) {
		return new Route("GET", template, Permission.READ, action, handler);
	}

	private static void document(Call call) throws IOException {
		call.parameters().finish();
		try (InputStream in = Api.class.getResourceAsStream(DOCUMENT)) {
			if (in == null) {
				throw new IllegalStateException("The jar lacks " + DOCUMENT);
			}
			call.reply(Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
		}
	}

}
