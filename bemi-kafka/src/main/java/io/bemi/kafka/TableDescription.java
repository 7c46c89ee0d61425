package io.bemi.kafka;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A table as the connector describes it.
 *
 * @param schema the schema's name
 * @param name the table's name
 * @param key the schema of the records' keys as JSON; empty when they have none
 * @param description the schema of the records' values as JSON
 */
record TableDescription(String schema, String name, String key, String description) {

	/**
	 * What tells descriptions apart.
	 */
	byte[] digest() {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (String part : new String[] { this.schema, this.name, this.key, this.description }) {
				digest.update(part.getBytes(StandardCharsets.UTF_8));
				digest.update((byte) 0);
			}
			return digest.digest();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
