package io.bemi.autoconfigure.ingestion;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of ingestion.
 */
@ConfigurationProperties("bemi.ingestion")
public class BemiIngestionProperties {

	/**
	 * Whether this application reads changes from the write-ahead log into the store. Of
	 * several instances one does, and the others stand by.
	 */
	private boolean enabled = true;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

}
