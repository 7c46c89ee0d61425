package io.bemi.autoconfigure.replication;

import org.jspecify.annotations.Nullable;

/**
 * How to reach a PostgreSQL database without the application's pool.
 *
 * @param url the JDBC URL
 * @param username the role; {@code null} for the driver's default
 * @param password its password; {@code null} for none
 */
public record DatabaseDetails(String url, @Nullable String username, @Nullable String password) {

	boolean isPostgres() {
		return this.url.startsWith("jdbc:postgresql:");
	}

	@Override
	public String toString() {
		return "DatabaseDetails";
	}

}
