package io.bemi.autoconfigure.replication;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * The connection details of Spring Boot, which are asked by reflection.
 */
final class ReplicationRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String details : PrimaryDataSourceDetails.CONNECTION_DETAILS) {
			hints.reflection().registerTypeIfPresent(classLoader, details, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
