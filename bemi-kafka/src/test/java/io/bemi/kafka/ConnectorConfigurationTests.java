package io.bemi.kafka;

import io.bemi.replication.ReplicationSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ConnectorConfiguration}.
 */
class ConnectorConfigurationTests {

	private static ConnectorConfiguration configuration(String prefix) {
		return new ConnectorConfiguration(
				new ReplicationSettings("jdbc:postgresql://db.example:5433/shop?sslmode=require", "bemi", "a\"b\\c",
						"bemi_kafka_shop", "bemi"),
				prefix, 6, 3);
	}

	@Test
	void namesTheDatabase() {
		assertThat(configuration("shop").toMap()).containsEntry("database.hostname", "db.example")
			.containsEntry("database.port", "5433")
			.containsEntry("database.dbname", "shop")
			.containsEntry("database.user", "bemi")
			.containsEntry("database.sslmode", "require")
			.containsEntry("slot.name", "bemi_kafka_shop")
			.containsEntry("slot.failover", "true")
			.containsEntry("publication.autocreate.mode", "disabled");
	}

	@Test
	void keepsTransactionsInTheirOrder() {
		assertThat(configuration("shop").toMap()).containsEntry("topic.creation.default.partitions", "6")
			.containsEntry("topic.creation.transactions.include", "shop\\.transaction")
			.containsEntry("topic.creation.transactions.partitions", "1");
	}

	@Test
	void isJson() {
		var json = Json.object(configuration("shop").toJson());
		assertThat(json).containsEntry("name", "bemi-shop");
		assertThat(Json.map(json.get("config"))).isEqualTo(configuration("shop").toMap());
	}

	@Test
	void refusesPrefixesThatAreNoNamesOfTopics() {
		assertThatIllegalArgumentException().isThrownBy(() -> configuration("a b"))
			.withMessage("'prefix' must consist of letters, digits, '_' and '-', but is 'a b'");
	}

	@Test
	void refusesSeveralHosts() {
		ConnectorConfiguration several = new ConnectorConfiguration(new ReplicationSettings(
				"jdbc:postgresql://db1,db2:5433/shop", "bemi", "secret", "bemi_kafka_shop", "bemi"), "shop", 6, 3);
		assertThatIllegalArgumentException().isThrownBy(several::toMap)
			.withMessage("Debezium connects to one host, but 'url' has db1,db2: give it one that leads to the primary,"
					+ " such as a proxy's or a virtual address");
	}

}
