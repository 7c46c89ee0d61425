package io.bemi.it.timetravel;

import java.time.Duration;
import java.util.List;

import io.bemi.it.support.Applications;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with shelves, and what was on them.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@EntityScan(basePackageClasses = Shelf.class)
@EnableJpaRepositories(basePackageClasses = Shelves.class)
class ShelfApplication {

	static void createTables(TestDatabase database) {
		database.execute("CREATE TABLE shelf (id bigint PRIMARY KEY, label text, note text)",
				"CREATE TABLE badge (id bigint PRIMARY KEY, code text)",
				"CREATE TABLE item (id bigint PRIMARY KEY, name text, shelf_id bigint REFERENCES shelf)");
	}

	static ConfigurableApplicationContext start(TestDatabase database, String... properties) {
		return Applications.startWithoutWeb(database, ShelfApplication.class, properties);
	}

	/**
	 * Writes the past, and then the present.
	 * @return the transaction that ended the past
	 */
	static long write(TestDatabase database) {
		long past = transact(database,
				"INSERT INTO shelf VALUES (1, 'a', 'past 1'), (2, 'b', 'past 2'), (3, 'c', 'gone')",
				"INSERT INTO badge VALUES (1, 'a'), (2, 'b')",
				"INSERT INTO item VALUES (10, 'past item', 1), (11, 'past other', 1)");
		await(database,
				transact(database, "UPDATE shelf SET note = 'present ' || id, label = translate(label, 'ab', 'ba')",
						"DELETE FROM shelf WHERE id = 3", "UPDATE badge SET code = translate(code, 'ab', 'ba')",
						"UPDATE item SET name = 'present item', shelf_id = 2 WHERE id = 10",
						"INSERT INTO shelf VALUES (4, 'd', 'present 4')"));
		return past;
	}

	static long transact(TestDatabase database, String... statements) {
		database.execute("CREATE TABLE IF NOT EXISTS mark (id bigint)");
		database.execute("BEGIN; " + String.join("; ", statements)
				+ "; INSERT INTO mark SELECT pg_current_xact_id()::text::bigint; COMMIT");
		return Long.parseLong(database.query("SELECT max(id) FROM mark").get(0));
	}

	static void await(TestDatabase database, long transaction) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(database
				.query("SELECT DISTINCT 1 FROM bemi.change WHERE transaction_id = " + transaction
						+ " AND operation <> 'B' AND (SELECT bool_and(completed_at IS NOT NULL) FROM bemi.baseline)"))
				.isEqualTo(List.of("1")));
	}

}
