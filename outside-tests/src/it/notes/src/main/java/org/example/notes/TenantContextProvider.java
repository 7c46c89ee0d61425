package org.example.notes;

import java.util.Map;

import io.bemi.context.ContextProvider;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.stereotype.Component;

@Component
class TenantContextProvider implements ContextProvider {

	@Override
	public Map<String, ?> context(HttpServletRequest request) {
		return Map.of("tenant", request.getHeader("X-Tenant"));
	}

}
