package io.bemi.autoconfigure.tracking;

import java.util.ArrayList;
import java.util.List;

import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;

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
	 * Which columns are recorded.
	 */
	private final Columns columns = new Columns();

	/**
	 * Columns of which an UPDATE is not recorded that changes nothing else, written like
	 * those of 'bemi.tracking.columns.exclude'.
	 */
	private List<String> ignore = new ArrayList<>();

	/**
	 * Roles whose transactions are not recorded where they say 'bemi.skip'. All others
	 * are, and what they have said with them.
	 */
	private List<String> skipRoles = new ArrayList<>();

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

	public Columns getColumns() {
		return this.columns;
	}

	public List<String> getIgnore() {
		return this.ignore;
	}

	public void setIgnore(List<String> ignore) {
		this.ignore = ignore;
	}

	public List<String> getSkipRoles() {
		return this.skipRoles;
	}

	public void setSkipRoles(List<String> skipRoles) {
		this.skipRoles = skipRoles;
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
	 * What the properties say of columns.
	 * @return the rules
	 * @throws IllegalArgumentException when they say something that cannot be; the
	 * message names the property
	 */
	public ColumnRules rules() {
		return new ColumnRules(this.columns.exclude, this.columns.mask, this.columns.maskKey, this.ignore);
	}

	/**
	 * Which columns are recorded.
	 */
	public static class Columns {

		/**
		 * Columns whose values are left out of what is recorded: 'schema.table.column',
		 * 'table.column' in any schema, or 'column' in any table, with '*' for any text.
		 */
		private List<String> exclude = new ArrayList<>();

		/**
		 * Columns of which a hash is recorded instead of the value, or, written like
		 * 'table.column=***', that text.
		 */
		private List<String> mask = new ArrayList<>();

		/**
		 * Secret key of the hashes, of at least 32 characters.
		 */
		private @Nullable String maskKey;

		public List<String> getExclude() {
			return this.exclude;
		}

		public void setExclude(List<String> exclude) {
			this.exclude = exclude;
		}

		public List<String> getMask() {
			return this.mask;
		}

		public void setMask(List<String> mask) {
			this.mask = mask;
		}

		public @Nullable String getMaskKey() {
			return this.maskKey;
		}

		public void setMaskKey(@Nullable String maskKey) {
			this.maskKey = maskKey;
		}

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
