package io.bemi.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the worker.
 */
@ConfigurationProperties("bemi.worker")
public class BemiWorkerProperties {

	/**
	 * Name of this instance, by which others show it. Host and process id unless set.
	 */
	private @Nullable String name;

	/**
	 * Databases whose changes are recorded, by names of your own.
	 */
	private Map<String, Database> databases = new LinkedHashMap<>();

	public @Nullable String getName() {
		return this.name;
	}

	public void setName(@Nullable String name) {
		this.name = name;
	}

	public Map<String, Database> getDatabases() {
		return this.databases;
	}

	public void setDatabases(Map<String, Database> databases) {
		this.databases = databases;
	}

	/**
	 * A database whose changes are recorded.
	 */
	public static class Database {

		/**
		 * JDBC URL of the database.
		 */
		private @Nullable String url;

		/**
		 * Role with the REPLICATION attribute.
		 */
		private @Nullable String username;

		/**
		 * Password of the role.
		 */
		private @Nullable String password;

		/**
		 * Name of the replication slot, unique in the whole cluster and among the
		 * worker's. By default derived from the database's name. With groups, the name
		 * under which what they record is found together.
		 */
		private @Nullable String slot;

		/**
		 * Name of the publication.
		 */
		private String publication = "bemi";

		/**
		 * Groups of tables that are read through a slot each, by names of your own.
		 */
		private Map<String, Group> groups = new LinkedHashMap<>();

		/**
		 * Kafka, where a connector writes the changes that are read instead of a slot's.
		 */
		private @Nullable Kafka kafka;

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

		public Map<String, Group> getGroups() {
			return this.groups;
		}

		public void setGroups(Map<String, Group> groups) {
			this.groups = groups;
		}

		public @Nullable Kafka getKafka() {
			return this.kafka;
		}

		public void setKafka(@Nullable Kafka kafka) {
			this.kafka = kafka;
		}

	}

	/**
	 * Topics that a connector writes the changes of a database to.
	 */
	public static class Kafka {

		/**
		 * Kafka's brokers, as host:port, several with commas between them.
		 */
		private @Nullable String bootstrapServers;

		/**
		 * Connector's 'topic.prefix', unique among the worker's. By default the name of
		 * the database in the configuration.
		 */
		private @Nullable String prefix;

		/**
		 * Consumer group, unique among the worker's. By default 'bemi-' and the prefix.
		 */
		private @Nullable String groupId;

		/**
		 * Further properties of the Kafka consumer, such as 'security.protocol'.
		 */
		private Map<String, String> properties = new LinkedHashMap<>();

		public @Nullable String getBootstrapServers() {
			return this.bootstrapServers;
		}

		public void setBootstrapServers(@Nullable String bootstrapServers) {
			this.bootstrapServers = bootstrapServers;
		}

		public @Nullable String getPrefix() {
			return this.prefix;
		}

		public void setPrefix(@Nullable String prefix) {
			this.prefix = prefix;
		}

		public @Nullable String getGroupId() {
			return this.groupId;
		}

		public void setGroupId(@Nullable String groupId) {
			this.groupId = groupId;
		}

		public Map<String, String> getProperties() {
			return this.properties;
		}

		public void setProperties(Map<String, String> properties) {
			this.properties = properties;
		}

	}

	/**
	 * Tables that are read through a slot of their own.
	 */
	public static class Group {

		/**
		 * Tables of the group: 'schema.table', or 'table' in any schema, with '*' for any
		 * text. '*' alone stands for those that no other group names.
		 */
		private List<String> tables = new ArrayList<>();

		/**
		 * Name of its replication slot. By default the database's and the group's.
		 */
		private @Nullable String slot;

		/**
		 * Name of its publication. By default the database's and the group's.
		 */
		private @Nullable String publication;

		public List<String> getTables() {
			return this.tables;
		}

		public void setTables(List<String> tables) {
			this.tables = tables;
		}

		public @Nullable String getSlot() {
			return this.slot;
		}

		public void setSlot(@Nullable String slot) {
			this.slot = slot;
		}

		public @Nullable String getPublication() {
			return this.publication;
		}

		public void setPublication(@Nullable String publication) {
			this.publication = publication;
		}

	}

}
