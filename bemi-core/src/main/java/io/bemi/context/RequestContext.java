package io.bemi.context;

import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The context of one web request. It asks the providers when a transaction of the request
 * first needs the answer, and keeps the answer as JSON. If a transaction needs it before
 * a route has matched (a filter that writes), the providers are asked once more when one
 * has, because only then is the user known for certain.
 */
public final class RequestContext extends ContextBase {

	private static final Pattern SANE_REQUEST_ID = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");

	private final List<ContextProvider> providers;

	private final RequestDetails details;

	private final ContextWriter writer;

	private @Nullable String generatedRequestId;

	private @Nullable String endpoint;

	private volatile @Nullable Dispatch dispatch;

	private volatile @Nullable RenderedContext rendered;

	private boolean renderedWithRoute;

	/**
	 * Creates the context of a request.
	 * @param providers what to ask, a later one wins
	 * @param details what the web framework knows
	 * @param writer asks the providers when work is handed to another thread
	 */
	public RequestContext(List<ContextProvider> providers, RequestDetails details, ContextWriter writer) {
		if (providers == null) {
			throw new IllegalArgumentException("'providers' must not be null");
		}
		if (details == null) {
			throw new IllegalArgumentException("'details' must not be null");
		}
		if (writer == null) {
			throw new IllegalArgumentException("'writer' must not be null");
		}
		this.providers = List.copyOf(providers);
		this.details = details;
		this.writer = writer;
	}

	/**
	 * Makes this the context of the current thread for one dispatch of the request. A
	 * later dispatch, for an error or after asynchronous work, opens the same object
	 * again.
	 * @param request the request of this dispatch
	 * @return the scope, to be closed by the same thread when the dispatch is over
	 */
	public BemiContext.Scope open(HttpServletRequest request) {
		if (request == null) {
			throw new IllegalArgumentException("'request' must not be null");
		}
		Dispatch opened = new Dispatch(Thread.currentThread(), request);
		BemiContext.Scope scope = CurrentContext.open(this);
		this.dispatch = opened;
		return () -> {
			scope.close();
			if (this.dispatch == opened) {
				rememberEndpoint(request);
				// From here on the container may give the request to somebody else.
				this.dispatch = null;
			}
		};
	}

	// An error page must not hide which route has failed.
	private void rememberEndpoint(HttpServletRequest request) {
		try {
			String route = this.details.route(request);
			if (this.endpoint == null && route != null) {
				this.endpoint = request.getMethod() + " " + route;
			}
		}
		catch (RuntimeException ex) {
			// The endpoint will be made from the path.
		}
	}

	@Override
	ContextBase capture() {
		// A provider that has something handed over itself is not asked again for that.
		if (runsHere(this.dispatch) && !CurrentContext.isSuspended()) {
			this.writer.evaluate(this);
		}
		return this;
	}

	private static boolean runsHere(@Nullable Dispatch running) {
		return running != null && running.thread() == Thread.currentThread();
	}

	@Override
	RenderedContext render(ContextWriter writer) {
		Dispatch running = this.dispatch;
		RenderedContext current = this.rendered;
		if (running == null || !runsHere(running)) {
			return (current != null) ? current : writer
				.incomplete("The request was over, or ran on another thread, when its context was needed", null);
		}
		HttpServletRequest request = this.details.innermost(running.request());
		boolean hasRoute = this.details.route(request) != null;
		if (current != null && (this.renderedWithRoute || !hasRoute)) {
			return current;
		}
		RenderedContext fresh = writer.renderRequest(new RunningRequest(this, request));
		this.rendered = fresh;
		this.renderedWithRoute = hasRoute;
		return fresh;
	}

	List<ContextProvider> providers() {
		return this.providers;
	}

	@Nullable String user(HttpServletRequest request) {
		return (request.getUserPrincipal() != null) ? request.getUserPrincipal().getName() : null;
	}

	String endpoint(HttpServletRequest request) {
		if (this.endpoint != null) {
			return this.endpoint;
		}
		Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
		String route = (failed != null) ? failed.toString() : this.details.route(request);
		return request.getMethod() + " " + ((route != null) ? route : request.getRequestURI());
	}

	String requestId(HttpServletRequest request) {
		String header = request.getHeader("X-Request-Id");
		if (header != null && SANE_REQUEST_ID.matcher(header).matches()) {
			return header;
		}
		if (this.generatedRequestId == null) {
			this.generatedRequestId = UUID.randomUUID().toString();
		}
		return this.generatedRequestId;
	}

	@Nullable String method(HttpServletRequest request) {
		return this.details.method(request);
	}

	@Nullable Trace trace(HttpServletRequest request) {
		return Trace.ofTraceParent(request.getHeader("traceparent"));
	}

	/**
	 * One pass of the request through the filter.
	 *
	 * @param thread who may touch the request
	 * @param request the request
	 */
	private record Dispatch(Thread thread, HttpServletRequest request) {
	}

}
