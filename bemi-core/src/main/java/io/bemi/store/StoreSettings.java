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
 * @param tamperEvidence whether what is stored is covered by the links of a chain
 */
public record StoreSettings(String url, @Nullable String username, @Nullable String password, String schema,
		boolean tamperEvidence) {

	public StoreSettings {
		Assert.hasText(url, "'url' must not be empty");
		Assert.hasText(schema, "'schema' must not be empty");
	}

	/**
	 * A store without tamper evidence.
	 * @param url the JDBC URL of its database
	 * @param username the role that owns it; {@code null} for the driver's default
	 * @param password its password; {@code null} for none
	 * @param schema its schema
	 */
	public StoreSettings(String url, @Nullable String username, @Nullable String password, String schema) {
		this(url, username, password, schema, false);
	}

	@Override
	public String toString() {
		return "StoreSettings[schema=" + this.schema + "]";
	}

}
