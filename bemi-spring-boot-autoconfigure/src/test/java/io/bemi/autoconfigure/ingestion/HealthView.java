package io.bemi.autoconfigure.ingestion;

import java.util.Map;

import org.springframework.context.ApplicationContext;
import org.springframework.util.ReflectionUtils;

/**
 * Health as either Boot line tells it, whose classes are in different packages.
 *
 * @param status the status
 * @param details its details
 */
record HealthView(String status, Map<String, Object> details) {

	@SuppressWarnings("unchecked")
	static HealthView of(ApplicationContext context) {
		Object health = call(context.getBean("bemiHealthIndicator"), "health");
		return new HealthView(call(health, "getStatus").toString(), (Map<String, Object>) call(health, "getDetails"));
	}

	private static Object call(Object target, String name) {
		var method = java.util.Objects.requireNonNull(ReflectionUtils.findMethod(target.getClass(), name));
		ReflectionUtils.makeAccessible(method);
		return java.util.Objects.requireNonNull(ReflectionUtils.invokeMethod(method, target));
	}

}
