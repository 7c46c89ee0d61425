package io.bemi.autoconfigure.tracking;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of tracking.
 */
@ConfigurationProperties("bemi.tracking")
public class BemiTrackingProperties {

	/**
	 * Tables to track: 'schema.table', or 'table' in any schema, with '*' for any text.
	 */
	private List<String> include = new ArrayList<>(List.of("*"));

	/**
	 * Tables not to track, written like those to include. Excluding wins.
	 */
	private List<String> exclude = new ArrayList<>();

	/**
	 * Whether a comment that ends a statement counts as context in sessions without the
	 * proxy, in the way of Bemi's packages for other languages.
	 */
	private boolean sqlComments;

	/**
	 * Whether triggers and publication are set up by the application, or by hand.
	 */
	private Mode mode = Mode.AUTO;

	public List<String> getInclude() {
		return this.include;
	}

	public void setInclude(List<String> include) {
		this.include = include;
	}

	public List<String> getExclude() {
		return this.exclude;
	}

	public void setExclude(List<String> exclude) {
		this.exclude = exclude;
	}

	public boolean isSqlComments() {
		return this.sqlComments;
	}

	public void setSqlComments(boolean sqlComments) {
		this.sqlComments = sqlComments;
	}

	public Mode getMode() {
		return this.mode;
	}

	public void setMode(Mode mode) {
		this.mode = mode;
	}

	/**
	 * Who sets tracking up.
	 */
	public enum Mode {

		/**
		 * The application does, with its own Flyway and at startup.
		 */
		AUTO,

		/**
		 * Somebody does, with the scripts in docs/sql. The application only looks and
		 * reports.
		 */
		MANUAL

	}

}
