package io.bemi.it.query;

import java.time.Duration;
import java.util.function.Consumer;

import io.bemi.autoconfigure.query.jpa.RecordedChange;
import io.bemi.autoconfigure.query.jpa.RecordedChangeRepository;
import io.bemi.it.support.Applications;
import io.bemi.testsupport.TestDatabase;
import jakarta.persistence.EntityManager;
import org.awaitility.Awaitility;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with entities that asks for the entity of recorded changes as well.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan(basePackageClasses = { Todo.class, RecordedChange.class })
@EnableJpaRepositories(basePackageClasses = { Todo.class, RecordedChangeRepository.class })
class QueryApplication {

	static void createTables(TestDatabase database) {
		database.execute("CREATE TABLE todo (id bigint PRIMARY KEY, task text, \"isCompleted\" boolean NOT NULL)",
				"CREATE SCHEMA \"Sales\"", """
						CREATE TABLE "Sales"."Order line" ("No" int, order_id uuid, amount int NOT NULL, net_price int,
						                                   currency text, PRIMARY KEY (order_id, "No"))""",
				"CREATE TABLE seat (number int, hall text, guest text, PRIMARY KEY (hall, number))");
	}

	/**
	 * Starts it with the names that are written here: what becomes of quoted ones differs
	 * between the naming strategies of the two Boot lines.
	 */
	static ConfigurableApplicationContext start(TestDatabase database, String... properties) {
		String[] all = new String[properties.length + 1];
		all[0] = "spring.jpa.hibernate.naming.physical-strategy=org.hibernate.boot.model.naming.PhysicalNamingStrategyStandardImpl";
		System.arraycopy(properties, 0, all, 1, properties.length);
		return Applications.startWithoutWeb(database, QueryApplication.class, all);
	}

	/**
	 * Waits until all rows that were there before have been copied. A moment before that
	 * is not known.
	 */
	static void awaitBaselines(TestDatabase store) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(
					store.query("SELECT count(*) > 0, count(*) FILTER (WHERE completed_at IS NULL) FROM bemi.baseline"))
				.containsExactly("t|0"));
	}

	static void inTransaction(ConfigurableApplicationContext application, Consumer<EntityManager> work) {
		EntityManager entityManager = application.getBean(EntityManager.class);
		new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> work.accept(entityManager));
	}

}
