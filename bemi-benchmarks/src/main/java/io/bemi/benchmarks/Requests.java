package io.bemi.benchmarks;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextWriter;
import io.bemi.context.RequestContext;
import io.bemi.context.RequestDetails;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Requests as the filter opens them, with a provider that counts how often it is asked.
 */
final class Requests {

	private final ContextWriter writer = new ContextWriter();

	private final HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
			Requests.class.getClassLoader(), new Class<?>[] { HttpServletRequest.class },
			(proxy, method, arguments) -> switch (method.getName()) {
				case "getMethod" -> "GET";
				case "getRequestURI" -> "/todos";
				default -> null;
			});

	private int asked;

	BemiContext.Scope open() {
		return new RequestContext(List.of((request) -> {
			this.asked++;
			return Map.of("tenant", "t1");
		}), RequestDetails.SERVLET, this.writer).open(this.request);
	}

	int asked() {
		return this.asked;
	}

}
