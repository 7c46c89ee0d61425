package io.bemi.store;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Where the store is.
 *
 * @param url the JDBC URL of its database
 * @param username the role that owns it; {@code null} for the driver's default
 * @param password its password; {@code null} for none
 * @param schema its schema
 */
public record StoreSettings(String url, @Nullable String username, @Nullable String password, String schema) {

	public StoreSettings {
		Assert.hasText(url, "'url' must not be empty");
		Assert.hasText(schema, "'schema' must not be empty");
	}

	@Override
	public String toString() {
		return "StoreSettings[schema=" + this.schema + "]";
	}

}
