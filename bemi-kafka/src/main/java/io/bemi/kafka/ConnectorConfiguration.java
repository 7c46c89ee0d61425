package io.bemi.kafka;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

import io.bemi.replication.ReplicationSettings;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.springframework.util.Assert;

/**
 * The configuration of Debezium's PostgreSQL connector that Bemi can read: everything on
 * which the values in the history, and their order, depend.
 */
public final class ConnectorConfiguration {

	/**
	 * Stands in the place of a value that the log does not hold because it is the same as
	 * before. Nobody else writes it.
	 */
	static final String UNCHANGED = "__bemi_unchanged_5d1f0c7e9b3a4c62__";

	private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

	private static final String USAGE = """
			Usage: ConnectorConfiguration --url=JDBC_URL --prefix=PREFIX [--username=ROLE] [--password=PASSWORD]
			       [--slot=SLOT] [--publication=PUBLICATION] [--partitions=NUMBER] [--replication-factor=NUMBER]
			Prints the connector's configuration as JSON, to be posted to Kafka Connect.
			""";

	private final ReplicationSettings source;

	private final String prefix;

	private final int partitions;

	private final int replicationFactor;

	/**
	 * Creates a configuration.
	 * @param source the database, and the slot and publication that the connector uses;
	 * the slot must not be one that Bemi reads itself
	 * @param prefix the first part of the topics' names
	 * @param partitions how many partitions the topics of tables and messages get
	 * @param replicationFactor how many brokers keep each partition
	 */
	public ConnectorConfiguration(ReplicationSettings source, String prefix, int partitions, int replicationFactor) {
		Assert.isTrue(prefix.matches("[A-Za-z0-9_-]+"),
				() -> "'prefix' must consist of letters, digits, '_' and '-', but is '" + prefix + "'");
		Assert.isTrue(partitions > 0, () -> "'partitions' must be positive, but is " + partitions);
		Assert.isTrue(replicationFactor > 0, () -> "'replicationFactor' must be positive, but is " + replicationFactor);
		this.source = source;
		this.prefix = prefix;
		this.partitions = partitions;
		this.replicationFactor = replicationFactor;
	}

	/**
	 * Prints a configuration.
	 * @param arguments see what is printed without any
	 */
	public static void main(String[] arguments) {
		Map<String, String> options = new LinkedHashMap<>();
		for (String argument : arguments) {
			int equals = argument.indexOf('=');
			if (!argument.startsWith("--") || equals < 0) {
				System.err.print(USAGE);
				System.exit(2);
			}
			options.put(argument.substring(2, equals), argument.substring(equals + 1));
		}
		String url = options.get("url");
		String prefix = options.get("prefix");
		if (url == null || prefix == null) {
			System.err.print(USAGE);
			System.exit(2);
			return;
		}
		ReplicationSettings source = new ReplicationSettings(url, options.get("username"), options.get("password"),
				options.getOrDefault("slot", slot(prefix)), options.getOrDefault("publication", "bemi"));
		System.out.println(
				new ConnectorConfiguration(source, prefix, Integer.parseInt(options.getOrDefault("partitions", "3")),
						Integer.parseInt(options.getOrDefault("replication-factor", "3")))
					.toJson());
	}

	/**
	 * The name of the connector's slot where none is given.
	 * @param prefix the topics' prefix
	 * @return a name that Bemi uses for no slot of its own
	 */
	public static String slot(String prefix) {
		return ReplicationSettings.slotOf("kafka_" + prefix);
	}

	/**
	 * The connector's properties.
	 * @return the properties in an order that people can read
	 */
	public Map<String, String> toMap() {
		Properties url = Driver.parseURL(this.source.url(), new Properties());
		Assert.notNull(url, "'url' must begin with jdbc:postgresql:");
		Map<String, String> map = new LinkedHashMap<>();
		map.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
		map.put("tasks.max", "1");
		database(map, url);
		map.put("topic.prefix", this.prefix);
		map.put("plugin.name", "pgoutput");
		map.put("slot.name", this.source.slot());
		// Before PostgreSQL 17 the connector says so and creates it without.
		map.put("slot.failover", "true");
		map.put("publication.name", this.source.publication());
		// Bemi looks after its publication, and copies the rows that are there already.
		map.put("publication.autocreate.mode", "disabled");
		map.put("snapshot.mode", "no_data");
		// Without these nobody knows which row belongs to which transaction and context.
		map.put("provide.transaction.metadata", "true");
		map.put("message.prefix.include.list", "_bemi(_.*)?");
		map.put("skipped.operations", "none");
		map.put("tombstones.on.delete", "false");
		values(map);
		converter(map, "key");
		converter(map, "value");
		topics(map);
		return map;
	}

	private void database(Map<String, String> map, Properties url) {
		String host = String.valueOf(PGProperty.PG_HOST.getOrDefault(url));
		Assert.isTrue(host.indexOf(',') < 0, () -> "Debezium connects to one host, but 'url' has " + host
				+ ": give it one that leads to the primary, such as a proxy's or a virtual address");
		map.put("database.hostname", host);
		map.put("database.port", String.valueOf(PGProperty.PG_PORT.getOrDefault(url)));
		map.put("database.dbname", String.valueOf(PGProperty.PG_DBNAME.getOrDefault(url)));
		map.put("database.user", text(this.source.username(), PGProperty.USER.getOrDefault(url)));
		map.put("database.password", text(this.source.password(), PGProperty.PASSWORD.getOrDefault(url)));
		String ssl = PGProperty.SSL_MODE.getOrDefault(url);
		if (ssl != null) {
			map.put("database.sslmode", ssl);
		}
	}

	private static String text(@Nullable String text, @Nullable String other) {
		return (text != null) ? text : (other != null) ? other : "";
	}

	/**
	 * How values are written. Anything else loses something of them.
	 */
	private static void values(Map<String, String> map) {
		map.put("decimal.handling.mode", "string");
		map.put("time.precision.mode", "microseconds");
		map.put("interval.handling.mode", "string");
		map.put("binary.handling.mode", "hex");
		map.put("hstore.handling.mode", "json");
		map.put("include.unknown.datatypes", "true");
		map.put("unavailable.value.placeholder", UNCHANGED);
		// A name may have a line break in it.
		map.put("column.propagate.source.type", "(?s).*");
	}

	/**
	 * With schemas, and a null is a null.
	 */
	private static void converter(Map<String, String> map, String name) {
		map.put(name + ".converter", JSON);
		map.put(name + ".converter.schemas.enable", "true");
		map.put(name + ".converter.replace.null.with.default", "false");
	}

	/**
	 * The ends of transactions must stay in the order of the commits.
	 */
	private void topics(Map<String, String> map) {
		map.put("topic.creation.default.partitions", String.valueOf(this.partitions));
		map.put("topic.creation.default.replication.factor", String.valueOf(this.replicationFactor));
		map.put("topic.creation.groups", "transactions");
		map.put("topic.creation.transactions.include", this.prefix + "\\.transaction");
		map.put("topic.creation.transactions.partitions", "1");
		map.put("producer.override.compression.type", "lz4");
	}

	/**
	 * What to post to {@code /connectors} of Kafka Connect.
	 * @return a JSON object with the connector's name and properties
	 */
	public String toJson() {
		return toMap().entrySet()
			.stream()
			.map((property) -> "    " + quoted(property.getKey()) + ": " + quoted(property.getValue()))
			.collect(Collectors.joining(",\n",
					"{\n  \"name\": " + quoted("bemi-" + this.prefix) + ",\n  \"config\": {\n", "\n  }\n}"));
	}

	private static String quoted(String text) {
		StringBuilder json = new StringBuilder("\"");
		text.chars().forEach((character) -> {
			if (character == '"' || character == '\\') {
				json.append('\\').append((char) character);
			}
			else if (character < ' ') {
				json.append("\\u%04x".formatted(character));
			}
			else {
				json.append((char) character);
			}
		});
		return json.append('"').toString();
	}

}
