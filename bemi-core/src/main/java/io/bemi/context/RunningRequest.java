package io.bemi.context;

import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a request while it runs. Apart from this and what is about requests
 * only, nothing needs the servlet API, which applications without web do not have.
 *
 * @param context the request's context
 * @param request the request as the application sees it
 */
record RunningRequest(RequestContext context, HttpServletRequest request) {

	@Nullable String user() {
		return this.context.user(this.request);
	}

	String endpoint() {
		return this.context.endpoint(this.request);
	}

	String requestId() {
		return this.context.requestId(this.request);
	}

	@Nullable String method() {
		return this.context.method(this.request);
	}

	@Nullable Trace trace() {
		return this.context.trace(this.request);
	}

	List<ContextProvider> providers() {
		return this.context.providers();
	}

	@Nullable Map<String, ?> ask(ContextProvider provider) {
		return provider.context(this.request);
	}

}
