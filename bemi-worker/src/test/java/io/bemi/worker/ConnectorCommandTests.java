package io.bemi.worker;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.bemi.query.Json;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectorCommand}.
 */
class ConnectorCommandTests {

	private static final List<String> CONFIGURATION = List.of(
			"--bemi.worker.databases.shop.url=jdbc:postgresql://db:5433/shop?sslmode=require&password=s3cret",
			"--bemi.worker.databases.shop.username=bemi", "--bemi.worker.databases.shop.password=s3cret",
			"--bemi.worker.databases.shop.publication=mine",
			"--bemi.worker.databases.shop.kafka.bootstrap-servers=kafka:9092",
			"--bemi.worker.databases.billing.url=jdbc:postgresql://db:5433/billing");

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

	private int run(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.addAll(CONFIGURATION);
		return new ConnectorCommand(new PrintStream(this.output, true, StandardCharsets.UTF_8),
				new PrintStream(this.errors, true, StandardCharsets.UTF_8))
			.run(all);
	}

	private String errors() {
		return this.errors.toString(StandardCharsets.UTF_8);
	}

	@Test
	void printsTheConnectorOfADatabaseAndNothingElse() {
		assertThat(run("shop", "--partitions=6")).as(this::errors).isZero();
		String printed = this.output.toString(StandardCharsets.UTF_8);
		assertThat(printed).doesNotContain("s3cret");
		assertThat(Json.readObject(printed)).containsEntry("name", "bemi-shop")
			.extractingByKey("config")
			.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
			.containsEntry("database.hostname", "db")
			.containsEntry("database.port", "5433")
			.containsEntry("database.dbname", "shop")
			.containsEntry("database.user", "bemi")
			.containsEntry("database.password", "${env:BEMI_PASSWORD}")
			.containsEntry("database.sslmode", "require")
			.containsEntry("topic.prefix", "shop")
			.containsEntry("slot.name", "bemi_kafka_shop")
			.containsEntry("publication.name", "mine")
			.containsEntry("topic.creation.default.partitions", "6")
			.containsEntry("topic.creation.default.replication.factor", "3");
		assertThat(errors()).isEmpty();
	}

	@Test
	void takesAnotherPlaceOfThePasswordButNoPassword() {
		assertThat(run("shop", "--password=${file:/etc/bemi:password}")).isZero();
		assertThat(this.output.toString(StandardCharsets.UTF_8)).contains("\"${file:/etc/bemi:password}\"");
		assertThat(run("shop", "--password=s3cret")).isEqualTo(1);
		assertThat(errors()).startsWith("A password is not printed. Say where Kafka Connect finds it")
			.doesNotContain("s3cret");
	}

	@Test
	void saysWhatIsWrong() {
		assertThat(run()).isEqualTo(2);
		assertThat(run("shop", "--partition=6")).isEqualTo(2);
		assertThat(errors()).contains("Usage: connector DATABASE");
		assertThat(run("shop", "--partitions=many")).isEqualTo(1);
		assertThat(errors()).contains("'partitions' must be a number, but is 'many'");
		assertThat(run("other")).isEqualTo(1);
		assertThat(errors()).contains("There is no database 'other'. Name one of [billing, shop]");
		assertThat(run("billing")).isEqualTo(1);
		assertThat(errors()).contains("'billing' does not come by Kafka. Set 'bemi.worker.databases.billing.kafka");
		assertThat(this.output.size()).isZero();
	}

}
