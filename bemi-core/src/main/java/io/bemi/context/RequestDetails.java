package io.bemi.context;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a web framework knows about a request; the methods as they stand know only the
 * servlet container.
 */
public interface RequestDetails {

	/**
	 * Details of a request that no framework has touched.
	 */
	RequestDetails SERVLET = new RequestDetails() {
	};

	/**
	 * The innermost wrapper of the running request: the one that knows the user, which a
	 * filter outside of the security filters never sees.
	 * @param request the request as the outermost filter has it
	 * @return the request as the application sees it at this moment
	 */
	default HttpServletRequest innermost(HttpServletRequest request) {
		return request;
	}

	/**
	 * The matched route template, such as {@code /todos/{id}}.
	 * @param request the innermost request
	 * @return the template, {@code null} as long as no route has matched
	 */
	default @Nullable String route(HttpServletRequest request) {
		return null;
	}

	/**
	 * The Java method that handles the request, such as {@code TodoController.update}.
	 * @param request the innermost request
	 * @return class and method, {@code null} if there is none or it is not known yet
	 */
	default @Nullable String method(HttpServletRequest request) {
		return null;
	}

}
