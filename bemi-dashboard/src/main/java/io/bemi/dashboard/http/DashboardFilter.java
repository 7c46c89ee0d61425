package io.bemi.dashboard.http;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

import io.bemi.dashboard.DashboardAudit;
import io.bemi.dashboard.DashboardEvent;
import io.bemi.dashboard.DashboardUser;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The dashboard: its page, its files and its API. Not a part of the application's own web
 * framework, so that its converters, interceptors and settings are neither needed nor in
 * the way. A filter and no servlet, because Spring Security's patterns do not see the
 * path of a servlet.
 */
public final class DashboardFilter implements Filter {

	/** Where the API is below the dashboard. */
	public static final String API = "/api/v1";

	/** By which the context of changes knows the route, as of the application's own. */
	private static final String ROUTE_ATTRIBUTE = "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

	private final List<Route> routes;

	private final PageResources page;

	private final Access access;

	private final Supplier<List<DashboardAudit>> audits;

	private final Function<Exception, Problem> failures;

	private final Supplier<Boolean> embeds;

	private final String base;

	/**
	 * Creates one.
	 * @param base the path of the dashboard, below that of the application
	 * @param routes what the API answers
	 * @param page the files of the page
	 * @param access who may
	 * @param audits are told who asks for what
	 * @param failures says what is wrong when a route has thrown something
	 * @param embeds whether the script for the application's own pages is for everybody
	 */
	public DashboardFilter(String base, List<Route> routes, PageResources page, Access access,
			Supplier<List<DashboardAudit>> audits, Function<Exception, Problem> failures, Supplier<Boolean> embeds) {
		this.base = base;
		this.routes = List.copyOf(routes);
		this.page = page;
		this.access = access;
		this.audits = audits;
		this.failures = failures;
		this.embeds = embeds;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		HttpServletRequest http = (HttpServletRequest) request;
		String path = http.getServletPath() + ((http.getPathInfo() != null) ? http.getPathInfo() : "");
		if (!path.equals(this.base) && !path.startsWith(this.base + "/")) {
			chain.doFilter(request, response);
			return;
		}
		// The context of what a revert writes asks this request, which knows who is
		// logged in.
		RequestAttributes outer = RequestContextHolder.getRequestAttributes();
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(http, (HttpServletResponse) response));
		try {
			answer(path.substring(this.base.length()), http, (HttpServletResponse) response);
		}
		finally {
			RequestContextHolder.setRequestAttributes(outer);
		}
	}

	private void answer(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		boolean api = path.equals("/api") || path.startsWith("/api/");
		Replies.secure(response, !api);
		try {
			if (api) {
				route(path, request, response);
			}
			else {
				page(path, request, response);
			}
		}
		catch (RuntimeException ex) {
			Problem problem = (ex instanceof Problem known) ? known : this.failures.apply(ex);
			if (response.isCommitted()) {
				throw new IOException("The answer broke off: " + problem.getMessage(), ex);
			}
			response.reset();
			Replies.secure(response, false);
			if (problem.status() == HttpServletResponse.SC_METHOD_NOT_ALLOWED) {
				response.setHeader("Allow", String.join(", ", allowed(path)));
			}
			Replies.problem(request, response, problem, !api);
		}
	}

	private void page(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
			throw new Problem(405, "Pages are read by GET");
		}
		if (!(path.equals("/" + PageResources.EMBED) && this.embeds.get()) && !isReader(path, request, response)) {
			return;
		}
		this.page.serve(path, request.getContextPath() + this.base, request, response);
	}

	/**
	 * Lets people log in by whatever the application has for that.
	 */
	private boolean isReader(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		try {
			this.access.requireRead(request);
			return true;
		}
		catch (Problem problem) {
			if (problem.status() != HttpServletResponse.SC_UNAUTHORIZED || path.startsWith("/assets/")
					|| !asksToLogIn(request, response)) {
				throw problem;
			}
			return false;
		}
	}

	private static boolean asksToLogIn(HttpServletRequest request, HttpServletResponse response) throws IOException {
		try {
			return !request.authenticate(response) && response.getStatus() != HttpServletResponse.SC_OK;
		}
		catch (ServletException | RuntimeException ex) {
			return response.isCommitted();
		}
	}

	private List<String> allowed(String path) {
		if (!path.startsWith(API)) {
			return List.of("GET", "HEAD");
		}
		return this.routes.stream()
			.filter((route) -> route.match(path.substring(API.length())) != null)
			.map(Route::method)
			.distinct()
			.toList();
	}

	private void route(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		String below = path.startsWith(API + "/") ? path.substring(API.length()) : "";
		List<Route> there = new ArrayList<>();
		for (Route route : this.routes) {
			if (route.match(below) != null) {
				there.add(route);
			}
		}
		// Whether there is something is nobody's business who may not read.
		DashboardUser user = there.stream().anyMatch((route) -> route.permission() == Route.Permission.OWN)
				? Access.user(request) : this.access.requireRead(request);
		if (there.isEmpty()) {
			throw Problem.notFound("There is nothing at this path of the API; see " + API + "/openapi.json");
		}
		Route route = there.stream()
			.filter((one) -> one.method().equals(request.getMethod()))
			.findFirst()
			.orElseThrow(() -> new Problem(405, "This takes " + String.join(", ", allowed(path))));
		Map<String, String> variables = route.match(below);
		if (variables == null) {
			throw new IllegalStateException("Route " + route.template() + " does not match any more");
		}
		if (route.permission() == Route.Permission.REVERT) {
			this.access.requireRevert(request);
		}
		String body = route.method().equals("POST") ? body(request) : null;
		Parameters parameters = Parameters.of(request.getParameterMap());
		request.setAttribute(ROUTE_ATTRIBUTE, this.base + API + route.template());
		note(route, user, below, parameters, body);
		route.handler().handle(new Call(request, response, user, variables, parameters, body));
	}

	private static String body(HttpServletRequest request) throws IOException {
		Access.requireSameOrigin(request);
		String type = request.getContentType();
		String media = (type != null) ? type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT) : "";
		if (!media.equals("application/json")) {
			throw new Problem(415, "The header 'Content-Type' must be 'application/json'");
		}
		return Call.readBody(request);
	}

	private void note(Route route, DashboardUser user, String path, Parameters parameters, @Nullable String body) {
		DashboardEvent.Action action = route.action();
		if (action != null) {
			DashboardEvent event = new DashboardEvent(action, user, path,
					(body != null) ? Map.of("body", List.of(body)) : parameters.all(), Instant.now());
			this.audits.get().forEach((audit) -> audit.record(event));
		}
	}

}
