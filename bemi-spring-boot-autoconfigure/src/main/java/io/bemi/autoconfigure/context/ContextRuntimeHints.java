package io.bemi.autoconfigure.context;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What Micrometer's context propagation finds as services.
 */
final class ContextRuntimeHints implements RuntimeHintsRegistrar {

	private static final String SERVICE = "META-INF/services/io.micrometer.context.ThreadLocalAccessor";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern(SERVICE);
		for (String accessor : new String[] { "io.bemi.autoconfigure.context.BemiThreadLocalAccessor",
				"io.bemi.autoconfigure.timetravel.ReadScopeThreadLocalAccessor" }) {
			hints.reflection().registerTypeIfPresent(classLoader, accessor, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
		}
	}

}
