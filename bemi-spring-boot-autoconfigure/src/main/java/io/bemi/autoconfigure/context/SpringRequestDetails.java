package io.bemi.autoconfigure.context;

import io.bemi.context.RequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;

/**
 * What Spring's web layer knows about the running request.
 */
final class SpringRequestDetails implements RequestDetails {

	// HandlerMapping's own constants are in spring-webmvc, which not every servlet
	// application has.
	private static final String HANDLER_MAPPING = "org.springframework.web.servlet.HandlerMapping";

	private static final String ROUTE = HANDLER_MAPPING + ".bestMatchingPattern";

	private static final String HANDLER = HANDLER_MAPPING + ".bestMatchingHandler";

	@Override
	public HttpServletRequest innermost(HttpServletRequest request) {
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
				? attributes.getRequest() : request;
	}

	@Override
	public @Nullable String route(HttpServletRequest request) {
		Object route = request.getAttribute(ROUTE);
		return (route != null) ? route.toString() : null;
	}

	@Override
	public @Nullable String method(HttpServletRequest request) {
		return (request.getAttribute(HANDLER) instanceof HandlerMethod handler)
				? ClassUtils.getUserClass(handler.getBeanType()).getSimpleName() + "." + handler.getMethod().getName()
				: null;
	}

}
