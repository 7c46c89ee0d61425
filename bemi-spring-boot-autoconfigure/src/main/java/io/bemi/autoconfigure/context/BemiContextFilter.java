package io.bemi.autoconfigure.context;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextProvider;
import io.bemi.context.ContextWriter;
import io.bemi.context.RequestContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Opens the context of a request on each thread that works on it: for the request itself,
 * and again, with what is known by then, for its asynchronous and error dispatches.
 */
final class BemiContextFilter extends OncePerRequestFilter {

	/**
	 * Outside of every filter that may write, such as those of Spring Session and Spring
	 * Security; inside of the one that sets the encoding, and of observation.
	 */
	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

	private static final String CONTEXT = BemiContextFilter.class.getName() + ".CONTEXT";

	// Not before the first request: a provider may need what is built after the filters.
	private final SingletonSupplier<List<ContextProvider>> providers;

	private final ContextWriter writer;

	BemiContextFilter(Supplier<List<ContextProvider>> providers, ContextWriter writer) {
		this.providers = SingletonSupplier.of(providers);
		this.writer = writer;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		// Whatever executor runs a Callable or a StreamingResponseBody of this request.
		WebAsyncUtils.getAsyncManager(request).registerCallableInterceptor(CONTEXT, new CallableContext());
		try (BemiContext.Scope scope = context(request).open(request)) {
			chain.doFilter(request, response);
		}
	}

	private RequestContext context(HttpServletRequest request) {
		if (request.getAttribute(CONTEXT) instanceof RequestContext context) {
			return context;
		}
		RequestContext context = new RequestContext(this.providers.obtain(), new SpringRequestDetails(), this.writer);
		request.setAttribute(CONTEXT, context);
		return context;
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected boolean shouldNotFilterErrorDispatch() {
		return false;
	}

}
