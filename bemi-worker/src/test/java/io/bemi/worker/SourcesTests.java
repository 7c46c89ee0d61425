package io.bemi.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.kafka.KafkaSettings;
import io.bemi.replication.SlotGroup;
import io.bemi.worker.BemiWorkerProperties.Database;
import io.bemi.worker.BemiWorkerProperties.Group;
import io.bemi.worker.BemiWorkerProperties.Kafka;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Sources}.
 */
class SourcesTests {

	private final Map<String, Database> databases = new LinkedHashMap<>();

	private Database add(String name, String url) {
		Database database = new Database();
		database.setUrl(url);
		database.setUsername("bemi");
		database.setPassword("s3cret");
		this.databases.put(name, database);
		return database;
	}

	private static void group(Database database, String name, String... tables) {
		Group group = new Group();
		group.setTables(List.of(tables));
		database.getGroups().put(name, group);
	}

	private List<Source> sources() {
		return Sources.of(this.databases, List.of("audit"), true);
	}

	private void assertRefused(String message) {
		assertThatExceptionOfType(WorkerConfigurationException.class).isThrownBy(this::sources)
			.withMessageContaining(message)
			.withMessageNotContaining("s3cret");
	}

	@Test
	void aDatabaseIsReadThroughTheSlotThatItsApplicationWouldRead() {
		add("shop", "jdbc:postgresql://db:5432/Shop");
		assertThat(sources()).singleElement().satisfies((source) -> {
			assertThat(source).hasToString("shop");
			assertThat(source.slot()).startsWith("bemi_shop_");
			assertThat(source.replication().publication()).isEqualTo("bemi");
			assertThat(source.tracking()).isNull();
		});
	}

	@Test
	void aTableBelongsToTheFirstGroupThatNamesIt() {
		Database shop = add("shop", "jdbc:postgresql://db:5432/shop");
		group(shop, "all", "*");
		group(shop, "orders", "order*");
		group(shop, "lines", "order_line", "sales.*");
		List<SlotGroup> groups = sources().stream()
			.map((source) -> java.util.Objects.requireNonNull(source.replication().group()))
			.toList();
		assertThat(sources()).extracting(Source::slot)
			.containsExactly("bemi_shop_lines", "bemi_shop_orders", "bemi_shop_all");
		assertThat(groups).extracting(SlotGroup::source).containsOnly("bemi_shop");
		Map.of("order_line", 0, "orders", 1, "customer", 2)
			.forEach((table, place) -> assertThat(groups).filteredOn((group) -> group.contains("public", table))
				.containsExactly(groups.get(place)));
		assertThat(groups).filteredOn((group) -> group.contains("public", "audit")).isEmpty();
		assertThat(groups.get(0).contains("sales", "any")).isTrue();
	}

	@Test
	void refusesWhatCannotBe() {
		assertRefused("There is no database to record");
		add("shop", "jdbc:mysql://db/shop");
		assertRefused("'bemi.worker.databases.shop.url' is no JDBC URL of a PostgreSQL database");
		add("shop", "jdbc:postgresql://db:5432/shop");
		add("store", "jdbc:postgresql://db:5432/shop?password=s3cret");
		assertRefused("'bemi.worker.databases.shop' and 'bemi.worker.databases.store' are the same database");
		add("store", "jdbc:postgresql://other:5432/shop");
		assertRefused("'shop' and 'store' have the same slot, 'bemi_shop'");
		add("store", "jdbc:postgresql://other:5432/shop").setSlot("Not-A-Slot");
		assertRefused("'slot' must be 1 to 63 lower-case letters");
		Database store = add("store", "jdbc:postgresql://other:5432/store");
		group(store, "one", "*");
		assertRefused("'bemi.worker.databases.store.groups' are 1 groups");
		group(store, "two");
		assertRefused("'bemi.worker.databases.store.groups.two' has no tables");
		group(store, "two", "orders");
		assertThat(sources()).hasSize(3);
		add("third", "jdbc:postgresql://other:5432/third").setSlot("bemi_store");
		assertRefused("'store' and 'third' have the same slot, 'bemi_store'");
	}

	private Kafka addByKafka(String name) {
		Database database = add(name, "jdbc:postgresql://db:5432/" + name);
		Kafka kafka = new Kafka();
		kafka.setBootstrapServers("kafka:9092");
		kafka.setProperties(Map.of("security.protocol", "SASL_SSL"));
		database.setKafka(kafka);
		return kafka;
	}

	@Test
	void whatComesByKafkaIsNamedAfterTheDatabase() {
		addByKafka("shop");
		assertThat(sources()).singleElement().satisfies((source) -> {
			assertThat(source.slot()).isEqualTo("bemi_kafka_shop");
			KafkaSettings kafka = Objects.requireNonNull(source.kafka());
			assertThat(kafka.prefix()).isEqualTo("shop");
			assertThat(kafka.group()).isEqualTo("bemi-shop");
			assertThat(kafka.properties()).containsEntry("bootstrap.servers", "kafka:9092")
				.containsEntry("security.protocol", "SASL_SSL");
		});
	}

	@Test
	void refusesWhatContradictsKafka() {
		addByKafka("shop").setBootstrapServers(" ");
		assertRefused("'bemi.worker.databases.shop.kafka.bootstrap-servers' is not set");
		addByKafka("shop").setPrefix("a b");
		assertRefused("'bemi.worker.databases.shop.kafka' cannot be read: 'prefix' must consist of letters");
		addByKafka("shop").setProperties(Map.of("group.id", "mine"));
		assertRefused("'bemi.worker.databases.shop.kafka.properties.group.id' is not followed");
		addByKafka("shop");
		database("shop").setSlot("bemi_shop");
		assertRefused("'bemi.worker.databases.shop.slot' is set, but 'shop' comes by Kafka");
		addByKafka("shop");
		group(database("shop"), "all", "*");
		assertRefused("'bemi.worker.databases.shop.groups' are set, but 'shop' comes by Kafka");
		addByKafka("shop");
		addByKafka("store").setPrefix("shop");
		assertRefused("'shop' and 'store' have the same 'kafka.prefix', 'shop'");
		addByKafka("store").setGroupId("bemi-shop");
		assertRefused("'shop' and 'store' have the same 'kafka.group-id', 'bemi-shop'");
		addByKafka("store");
		assertThat(sources()).hasSize(2);
	}

	private Database database(String name) {
		return Objects.requireNonNull(this.databases.get(name));
	}

}
