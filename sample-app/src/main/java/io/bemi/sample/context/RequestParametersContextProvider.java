package io.bemi.sample.context;

import java.util.Map;

import io.bemi.context.ContextProvider;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.stereotype.Component;

/**
 * Adds the parameters of the request: the one class that is written for Bemi.
 */
@Component
class RequestParametersContextProvider implements ContextProvider {

	@Override
	public Map<String, ?> context(HttpServletRequest request) {
		return Map.of("params", request.getParameterMap());
	}

}
