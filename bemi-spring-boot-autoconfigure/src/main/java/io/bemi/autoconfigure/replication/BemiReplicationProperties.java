package io.bemi.autoconfigure.replication;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of replication.
 */
@ConfigurationProperties("bemi.replication")
public class BemiReplicationProperties {

	/**
	 * JDBC URL of the database whose changes are recorded. The primary DataSource's
	 * unless set.
	 */
	private @Nullable String url;

	/**
	 * Role with the REPLICATION attribute. The primary DataSource's unless set.
	 */
	private @Nullable String username;

	/**
	 * Password of the role. The primary DataSource's unless set.
	 */
	private @Nullable String password;

	/**
	 * Name of the replication slot, unique in the whole cluster. Derived from the
	 * database's name unless set.
	 */
	private @Nullable String slot;

	/**
	 * Name of the publication.
	 */
	private String publication = "bemi";

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

	public @Nullable String getSlot() {
		return this.slot;
	}

	public void setSlot(@Nullable String slot) {
		this.slot = slot;
	}

	public String getPublication() {
		return this.publication;
	}

	public void setPublication(String publication) {
		this.publication = publication;
	}

}
