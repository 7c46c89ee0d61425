package io.bemi.dashboard.autoconfigure;

import java.util.Map;

import io.bemi.dashboard.api.CsrfTokens;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;

/**
 * Finds the token of Spring Security.
 */
final class SpringCsrfTokens implements CsrfTokens {

	@Override
	public @Nullable Map<String, String> of(HttpServletRequest request) {
		return (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token)
				? Map.of("header", token.getHeaderName(), "token", token.getToken()) : null;
	}

}
