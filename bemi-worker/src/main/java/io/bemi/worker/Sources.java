package io.bemi.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Properties;
import java.util.stream.Stream;

import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.SlotGroup;
import io.bemi.tracking.TrackingSettings;
import io.bemi.worker.BemiWorkerProperties.Database;
import io.bemi.worker.BemiWorkerProperties.Group;
import io.bemi.worker.BemiWorkerProperties.Kafka;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * What is to be read, from the configuration. What cannot be is refused.
 */
final class Sources {

	private static final String EVERYTHING = "*";

	static final String PREFIX = "bemi.worker.databases.";

	private final List<String> excluded;

	private final boolean publishes;

	private final KafkaSources topics = new KafkaSources();

	private final Map<String, String> bySlot = new HashMap<>();

	private final Map<String, String> byAddress = new HashMap<>();

	private Sources(List<String> excluded, boolean publishes) {
		this.excluded = excluded;
		this.publishes = publishes;
	}

	/**
	 * Reads the configuration.
	 * @param databases the databases by their names
	 * @param excluded patterns of tables that no group has
	 * @param publishes whether the worker sees to the publications of groups
	 * @return a source per slot, or connector
	 * @throws WorkerConfigurationException when it cannot be
	 */
	static List<Source> of(Map<String, Database> databases, List<String> excluded, boolean publishes) {
		if (databases.isEmpty()) {
			throw new WorkerConfigurationException("There is no database to record",
					"Set '" + PREFIX + "<name>.url', and 'username' and 'password' beside it, for each");
		}
		Sources sources = new Sources(excluded, publishes);
		List<Source> found = databases.entrySet()
			.stream()
			.sorted(Entry.comparingByKey())
			.flatMap((entry) -> sources.of(entry.getKey(), entry.getValue()).stream())
			.toList();
		found.forEach(sources::checkSlot);
		return found;
	}

	private List<Source> of(String name, Database database) {
		String place = PREFIX + name;
		String url = database.getUrl();
		Properties parsed = (url != null) ? Driver.parseURL(url, null) : null;
		if (url == null || parsed == null) {
			throw new WorkerConfigurationException("'" + place + ".url' is no JDBC URL of a PostgreSQL database",
					"Set it to such as jdbc:postgresql://host:5432/database");
		}
		String catalog = catalog(parsed, database.getUsername());
		checkAddress(name, PGProperty.PG_HOST.getOrDefault(parsed) + ":" + PGProperty.PG_PORT.getOrDefault(parsed) + "/"
				+ catalog);
		String slot = (database.getSlot() != null) ? database.getSlot() : ReplicationSettings.slotOf(catalog);
		Kafka kafka = database.getKafka();
		if (kafka != null) {
			return List.of(this.topics.source(name, database, kafka));
		}
		if (database.getGroups().isEmpty()) {
			return List.of(new Source(name, null, settings(place, database, slot, database.getPublication(), null),
					null, null));
		}
		return groups(name, database, slot);
	}

	private static String catalog(Properties parsed, @Nullable String username) {
		String catalog = PGProperty.PG_DBNAME.getOrDefault(parsed);
		if (catalog != null) {
			return catalog;
		}
		return (username != null) ? username : "postgres";
	}

	/**
	 * A table belongs to the first group that names it, in the order of the groups'
	 * names; the one for all others comes last.
	 */
	private List<Source> groups(String name, Database database, String slot) {
		List<Entry<String, Group>> groups = database.getGroups()
			.entrySet()
			.stream()
			.sorted(Comparator.<Entry<String, Group>, Boolean>comparing((entry) -> isRest(entry.getValue()))
				.thenComparing(Entry.comparingByKey()))
			.toList();
		String place = PREFIX + name + ".groups";
		if (groups.size() < 2 || groups.size() > SlotGroup.MOST) {
			throw new WorkerConfigurationException("'" + place + "' are " + groups.size() + " groups",
					"Name 2 to " + SlotGroup.MOST + " groups, or none");
		}
		List<String> slots = groups.stream().map((entry) -> slot(slot, entry)).toList();
		List<String> exclude = new ArrayList<>(this.excluded);
		List<Source> sources = new ArrayList<>();
		for (Entry<String, Group> entry : groups) {
			List<String> include = entry.getValue().getTables();
			if (include.isEmpty()) {
				throw new WorkerConfigurationException("'" + place + "." + entry.getKey() + "' has no tables",
						"Set '" + place + "." + entry.getKey() + ".tables', '*' for those that no other group names");
			}
			if (slot(slot, entry).equals(slot)) {
				throw new WorkerConfigurationException(
						"'" + place + "." + entry.getKey() + ".slot' is '" + slot
								+ "', under which the groups are found together",
						"Choose another name for one of them");
			}
			SlotGroup group = new SlotGroup(slot, slots, include, exclude);
			String publication = publication(database, entry);
			ReplicationSettings replication = settings(place + "." + entry.getKey(), database, slot(slot, entry),
					publication, group);
			sources.add(new Source(name, entry.getKey(), replication, this.publishes
					? new TrackingSettings("worker " + replication.slot(), include, exclude, publication) : null,
					null));
			exclude.addAll(include);
		}
		return sources;
	}

	private static boolean isRest(Group group) {
		return group.getTables().contains(EVERYTHING);
	}

	private static String slot(String source, Entry<String, Group> entry) {
		String slot = entry.getValue().getSlot();
		return (slot != null) ? slot : source + "_" + entry.getKey().replace('-', '_');
	}

	private static String publication(Database database, Entry<String, Group> entry) {
		String publication = entry.getValue().getPublication();
		return (publication != null) ? publication : database.getPublication() + "_" + entry.getKey().replace('-', '_');
	}

	static ReplicationSettings settings(String place, Database database, String slot, String publication,
			@Nullable SlotGroup group) {
		try {
			return new ReplicationSettings(String.valueOf(database.getUrl()), database.getUsername(),
					database.getPassword(), slot, publication, group);
		}
		catch (IllegalArgumentException ex) {
			throw new WorkerConfigurationException("'" + place + "' cannot be read through: " + ex.getMessage(),
					"Set '" + place + ".slot' and '" + place + ".publication'");
		}
	}

	private void checkAddress(String name, String address) {
		String other = this.byAddress.putIfAbsent(address, name);
		if (other != null) {
			throw new WorkerConfigurationException(
					"'" + PREFIX + other + "' and '" + PREFIX + name + "' are the same database, " + address,
					"Take one of them out. To read a database through several slots, name groups of its tables: '"
							+ PREFIX + other + ".groups'");
		}
	}

	private void checkSlot(Source source) {
		SlotGroup group = source.replication().group();
		String history = (group != null) ? group.source() : source.slot();
		Stream.of(source.slot(), history).distinct().forEach((name) -> {
			String owner = (group != null && name.equals(history)) ? source.database() : source.toString();
			String other = this.bySlot.putIfAbsent(name, owner);
			if (other != null && !other.equals(owner)) {
				throw new WorkerConfigurationException(
						"'" + other + "' and '" + owner + "' have the same slot, '" + name + "'",
						"Set '" + PREFIX + source.database() + ".slot' to another name");
			}
		});
	}

}
