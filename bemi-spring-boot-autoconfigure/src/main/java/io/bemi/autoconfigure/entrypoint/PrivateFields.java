package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Field;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.util.ReflectionUtils;

/**
 * Registers fields of Spring's classes that have no getter, where these have them.
 */
final class PrivateFields {

	private PrivateFields() {
	}

	static void register(RuntimeHints hints, Class<?> type, Iterable<String> names) {
		for (String name : names) {
			Field field = ReflectionUtils.findField(type, name);
			if (field != null) {
				hints.reflection().registerField(field);
			}
		}
	}

}
