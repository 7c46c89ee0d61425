package io.bemi.autoconfigure.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.bemi.ingestion.TablePattern;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.RetentionSettings.StoreOwner;
import io.bemi.store.retention.RetentionSettings.TableRetention;
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

	private final Retention retention = new Retention();

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

	public Retention getRetention() {
		return this.retention;
	}

	/**
	 * Properties of how long the history is kept.
	 */
	public static class Retention {

		/**
		 * How long changes are kept, such as "24 months", "730d" or "P2Y"; whole months
		 * that are older are dropped. For ever unless set.
		 */
		private @Nullable String keep;

		/**
		 * Tables that are kept for a shorter time than the rest; the first that names a
		 * table counts.
		 */
		private List<Table> tables = new ArrayList<>();

		/**
		 * Directory that months are archived in before they are dropped. Nowhere unless
		 * set.
		 */
		private @Nullable String archiveDirectory;

		/**
		 * Role that drops: the one that owns the store, where another one stores.
		 */
		private @Nullable String username;

		/**
		 * Its password.
		 */
		private @Nullable String password;

		public @Nullable String getKeep() {
			return this.keep;
		}

		public void setKeep(@Nullable String keep) {
			this.keep = keep;
		}

		public List<Table> getTables() {
			return this.tables;
		}

		public void setTables(List<Table> tables) {
			this.tables = tables;
		}

		public @Nullable String getArchiveDirectory() {
			return this.archiveDirectory;
		}

		public void setArchiveDirectory(@Nullable String archiveDirectory) {
			this.archiveDirectory = archiveDirectory;
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

		/**
		 * How long the history is kept.
		 * @return what the properties say
		 * @throws IllegalArgumentException when that cannot be understood
		 */
		public RetentionSettings settings() {
			try {
				return new RetentionSettings((this.keep != null) ? RetentionSettings.period(this.keep) : null,
						this.tables.stream()
							.map((table) -> new TableRetention(new TablePattern(table.getPattern()),
									RetentionSettings.period(table.getKeep())))
							.toList(),
						(this.archiveDirectory != null) ? Path.of(this.archiveDirectory) : null,
						(this.username != null) ? new StoreOwner(this.username, this.password) : null);
			}
			catch (IllegalArgumentException ex) {
				throw new IllegalArgumentException("'bemi.store.retention' cannot be followed: " + ex.getMessage(), ex);
			}
		}

		/**
		 * Tables, and how long they are kept.
		 */
		public static class Table {

			/**
			 * Tables: "schema.table", or "table" in any schema, with "*" for any text.
			 */
			private String pattern = "";

			/**
			 * How long their changes are kept.
			 */
			private String keep = "";

			public String getPattern() {
				return this.pattern;
			}

			public void setPattern(String pattern) {
				this.pattern = pattern;
			}

			public String getKeep() {
				return this.keep;
			}

			public void setKeep(String keep) {
				this.keep = keep;
			}

		}

	}

}
