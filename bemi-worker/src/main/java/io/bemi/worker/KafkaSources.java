package io.bemi.worker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.kafka.ConnectorConfiguration;
import io.bemi.kafka.KafkaSettings;
import io.bemi.worker.BemiWorkerProperties.Database;
import io.bemi.worker.BemiWorkerProperties.Kafka;
import org.jspecify.annotations.Nullable;

/**
 * The databases that come by Kafka, from the configuration. What contradicts itself is
 * refused.
 */
final class KafkaSources {

	private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

	private static final String GROUP_ID = "group.id";

	private final Map<String, String> byPrefix = new HashMap<>();

	private final Map<String, String> byGroup = new HashMap<>();

	/**
	 * Reads the configuration of one.
	 * @throws WorkerConfigurationException when it cannot be
	 */
	Source source(String name, Database database, Kafka kafka) {
		String place = Sources.PREFIX + name;
		String servers = kafka.getBootstrapServers();
		if (servers == null || servers.isBlank()) {
			throw new WorkerConfigurationException("'" + place + ".kafka.bootstrap-servers' is not set",
					"Set it to such as kafka:9092, or take out '" + place + ".kafka' to read a slot");
		}
		String prefix = (kafka.getPrefix() != null) ? kafka.getPrefix() : name;
		String group = (kafka.getGroupId() != null) ? kafka.getGroupId() : "bemi-" + prefix;
		KafkaSettings settings = settings(place, kafka, servers, prefix, group);
		String slot = ConnectorConfiguration.slot(prefix);
		if (database.getSlot() != null) {
			throw new WorkerConfigurationException("'" + place + ".slot' is set, but '" + name
					+ "' comes by Kafka: the connector reads slot '" + slot + "'",
					"Take out '" + place + ".slot', or '" + place + ".kafka' to read that slot");
		}
		if (!database.getGroups().isEmpty()) {
			throw new WorkerConfigurationException("'" + place + ".groups' are set, but '" + name + "' comes by Kafka",
					"Take out '" + place + ".groups': consumers share the partitions. Or take out '" + place
							+ ".kafka' to read a slot for each group");
		}
		checkUnique(this.byPrefix, name, prefix, "prefix");
		checkUnique(this.byGroup, name, group, "group-id");
		return new Source(name, null, Sources.settings(place, database, slot, database.getPublication(), null), null,
				settings);
	}

	private static KafkaSettings settings(String place, Kafka kafka, String servers, String prefix, String group) {
		for (String own : List.of(BOOTSTRAP_SERVERS, GROUP_ID)) {
			if (kafka.getProperties().containsKey(own)) {
				throw new WorkerConfigurationException("'" + place + ".kafka.properties." + own + "' is not followed",
						"Set '" + place + ".kafka." + own.replace('.', '-') + "' instead");
			}
		}
		Map<String, Object> properties = new HashMap<>(kafka.getProperties());
		properties.put(BOOTSTRAP_SERVERS, servers);
		try {
			return new KafkaSettings(prefix, group, properties);
		}
		catch (IllegalArgumentException ex) {
			throw new WorkerConfigurationException("'" + place + ".kafka' cannot be read: " + ex.getMessage(),
					"Set '" + place + ".kafka.prefix' to the connector's 'topic.prefix', and '" + place
							+ ".kafka.group-id' to a name");
		}
	}

	private static void checkUnique(Map<String, String> known, String name, String value, String property) {
		@Nullable String other = known.putIfAbsent(value, name);
		if (other != null) {
			throw new WorkerConfigurationException(
					"'" + other + "' and '" + name + "' have the same 'kafka." + property + "', '" + value + "'",
					"Set '" + Sources.PREFIX + name + ".kafka." + property + "' to another one");
		}
	}

}
