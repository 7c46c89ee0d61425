package io.bemi.autoconfigure.store;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the store.
 */
@ConfigurationProperties("bemi.store")
public class BemiStoreProperties {

	/**
	 * JDBC URL of the PostgreSQL database that changes are stored in. The application's
	 * own unless set.
	 */
	private @Nullable String url;

	/**
	 * Role that owns the store. The application's own unless set.
	 */
	private @Nullable String username;

	/**
	 * Password of the role. The application's own unless set.
	 */
	private @Nullable String password;

	/**
	 * Schema of the store.
	 */
	private String schema = "bemi";

	/**
	 * Whether what is stored is covered by a chain of digests, by which a later change of
	 * it is found out.
	 */
	private boolean tamperEvidence;

	public @Nullable String getUrl() {
		return this.url;
	}

	public void setUrl(@Nullable String url) {
		this.url = url;
	}

	public @Nullable String getUsername() {
		return this.username;
	}

	public void setUsername(@Nullable String username) {
		this.username = username;
	}

	public @Nullable String getPassword() {
		return this.password;
	}

	public void setPassword(@Nullable String password) {
		this.password = password;
	}

	public String getSchema() {
		return this.schema;
	}

	public void setSchema(String schema) {
		this.schema = schema;
	}

	public boolean isTamperEvidence() {
		return this.tamperEvidence;
	}

	public void setTamperEvidence(boolean tamperEvidence) {
		this.tamperEvidence = tamperEvidence;
	}

}
