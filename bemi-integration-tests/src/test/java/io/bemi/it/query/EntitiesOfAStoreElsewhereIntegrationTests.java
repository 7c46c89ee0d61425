package io.bemi.it.query;

import java.util.List;
import java.util.UUID;

import io.bemi.it.query.OrderLine.Key;
import io.bemi.it.query.OrderLine.Price;
import io.bemi.query.Changes;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.Past;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TimeTravelException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Entities are found as they were where the store is in another database, too.
 */
class EntitiesOfAStoreElsewhereIntegrationTests {

	private static final UUID ORDER = UUID.fromString("00000000-0000-4000-8000-000000000001");

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void areFoundAsTheyWere(int version) {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				TestDatabase store = PostgresServer.shared().createDatabase()) {
			QueryApplication.createTables(database);
			database.execute("DROP TABLE todo");
			try (ConfigurableApplicationContext application = QueryApplication.start(database,
					"bemi.store.url=" + store.url(), "bemi.store.username=" + store.server().username(),
					"spring.jpa.hibernate.ddl-auto=none")) {
				Changes changes = application.getBean(Changes.class);
				TimeTravel travel = application.getBean(TimeTravel.class);
				database.execute(
						"CREATE TABLE old_name (id bigint PRIMARY KEY, subject text, \"isCompleted\" boolean NOT NULL)",
						"INSERT INTO old_name VALUES (1, 'first', false), (2, 'second', true)");
				QueryApplication.inTransaction(application, (entities) -> {
					entities.persist(new OrderLine(new Key(ORDER, 7), 3, new Price(5, "EUR")));
					entities.persist(new Seat("A", 1));
				});
				changes.awaitIngested();
				long past = changes.query().table("Order line").first().orElseThrow().transactionId();
				QueryApplication.awaitBaselines(store);
				database.execute("ALTER TABLE old_name RENAME COLUMN subject TO task",
						"ALTER TABLE old_name RENAME TO todo");
				QueryApplication.inTransaction(application, (entities) -> {
					entities.find(Todo.class, 1L).setTask("changed");
					entities.remove(entities.find(Todo.class, 2L));
					entities.persist(new Todo(3, "third"));
					entities.remove(entities.find(OrderLine.class, new Key(ORDER, 7)));
				});
				changes.awaitIngested();
				Past then = travel.asOf(past);
				assertThat(then.find(Todo.class, 1L).orElseThrow().getTask()).isEqualTo("first");
				assertThat(then.find(Todo.class, 2L).orElseThrow().isCompleted()).isTrue();
				assertThat(then.find(Todo.class, 3L)).isEmpty();
				OrderLine line = then.find(OrderLine.class, new Key(ORDER, 7)).orElseThrow();
				assertThat(line.getKey()).isEqualTo(new Key(ORDER, 7));
				assertThat(line.getAmount()).isEqualTo(3);
				assertThat(line.getPrice()).hasToString("5 EUR");
				assertThat(then.find(OrderLine.class, new Key(ORDER, 8))).isEmpty();
				assertThat(then.find(Seat.class, new Seat.Place("A", 1))).isPresent();
				assertThat(then.find("old_name", 1).orElseThrow()).containsEntry("subject", "first");

				long present = changes.query().table("todo").first().orElseThrow().transactionId();
				Past now = travel.asOf(present);
				assertThat(now.find(Todo.class, 1L).orElseThrow().getTask()).isEqualTo("changed");
				assertThat(now.find(Todo.class, 2L)).isEmpty();
				assertThat(now.find(Todo.class, 3L).orElseThrow().getTask()).isEqualTo("third");
				assertThat(now.find(OrderLine.class, new Key(ORDER, 7))).isEmpty();

				assertThatThrownBy(() -> then.find(String.class, 1L)).isInstanceOf(TimeTravelException.class)
					.hasMessageContaining("java.lang.String is no entity");
				assertThatThrownBy(() -> then.find(OrderLine.class, 1L)).isInstanceOf(IllegalArgumentException.class);
				assertThatThrownBy(() -> travel.asOf(1L).find(Todo.class, 1L)).isInstanceOf(TimeTravelException.class)
					.hasMessageContaining("Known is: ");
				assertThatThrownBy(() -> travel.at(past, () -> 1)).isInstanceOf(TimeTravelException.class)
					.hasMessageContaining("in another database");
			}
		}
	}

}
