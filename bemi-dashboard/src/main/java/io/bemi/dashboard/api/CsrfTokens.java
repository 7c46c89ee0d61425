package io.bemi.dashboard.api;

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Finds the token that the application's own protection against forged requests wants.
 */
@FunctionalInterface
public interface CsrfTokens {

	/**
	 * The token of a request, and the header to send it in.
	 * @param request the request
	 * @return {@code header} and {@code token}; {@code null} when there is no such
	 * protection
	 */
	@Nullable Map<String, String> of(HttpServletRequest request);

}
