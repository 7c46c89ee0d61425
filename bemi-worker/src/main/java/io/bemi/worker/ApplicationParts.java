package io.bemi.worker;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;

/**
 * Leaves out what the starter configures in an application: the worker has no database of
 * its own that is to be tracked.
 */
final class ApplicationParts implements AutoConfigurationImportFilter {

	private static final String PACKAGE = "io.bemi.autoconfigure.";

	@Override
	public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
		boolean[] match = new boolean[classes.length];
		for (int i = 0; i < match.length; i++) {
			String name = classes[i];
			match[i] = name == null || !name.startsWith(PACKAGE);
		}
		return match;
	}

}
