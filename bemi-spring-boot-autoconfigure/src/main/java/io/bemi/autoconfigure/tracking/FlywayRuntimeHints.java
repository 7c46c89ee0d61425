package io.bemi.autoconfigure.tracking;

import org.flywaydb.core.api.callback.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * The callback of Flyway, which is a dynamic proxy.
 */
final class FlywayRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.proxies().registerJdkProxy(Callback.class);
	}

}
