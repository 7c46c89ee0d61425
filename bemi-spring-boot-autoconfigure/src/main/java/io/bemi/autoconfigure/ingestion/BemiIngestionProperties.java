package io.bemi.autoconfigure.ingestion;

import java.util.ArrayList;
import java.util.List;

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

	private final Baseline baseline = new Baseline();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Baseline getBaseline() {
		return this.baseline;
	}

	/**
	 * Properties of the rows that are there before changes of them are recorded.
	 */
	public static class Baseline {

		/**
		 * Tables whose rows are not copied: "schema.table", or "table" in any schema,
		 * with "*" for any text. Their changes are recorded all the same.
		 */
		private List<String> exclude = new ArrayList<>();

		public List<String> getExclude() {
			return this.exclude;
		}

		public void setExclude(List<String> exclude) {
			this.exclude = exclude;
		}

	}

}
