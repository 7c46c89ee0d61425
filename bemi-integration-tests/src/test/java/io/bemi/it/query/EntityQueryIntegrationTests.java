package io.bemi.it.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.bemi.autoconfigure.query.data.ChangeWindows;
import io.bemi.autoconfigure.query.jpa.RecordedChange;
import io.bemi.autoconfigure.query.jpa.RecordedChangeRepository;
import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.context.BemiContext;
import io.bemi.it.query.OrderLine.Key;
import io.bemi.it.query.OrderLine.Price;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;
import io.bemi.query.IngestionTimeoutException;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.domain.Limit;
import org.springframework.data.domain.ScrollPosition;
import org.springframework.data.domain.Window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Questions about entities, in an application with Hibernate, and the history as an
 * entity.
 */
class EntityQueryIntegrationTests {

	private static final UUID ORDER = UUID.fromString("00000000-0000-4000-8000-000000000001");

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static Changes changes;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		QueryApplication.createTables(database);
		application = QueryApplication.start(database, "spring.jpa.hibernate.ddl-auto=update");
		changes = application.getBean(Changes.class);
		BemiContext.run(Map.of("user", "ann"), () -> QueryApplication.inTransaction(application, (entities) -> {
			for (long id = 1; id <= 5; id++) {
				entities.persist(new Todo(id, "task " + id));
			}
			entities.persist(new OrderLine(new Key(ORDER, 7), 3, new Price(5, "EUR")));
			entities.persist(new OrderLine(new Key(ORDER, 8), 4, new Price(6, "EUR")));
			entities.persist(new Seat("A", 1));
			entities.persist(new Seat("B", 1));
		}));
		QueryApplication.inTransaction(application, (entities) -> {
			entities.find(Todo.class, 1L).complete();
			entities.remove(entities.find(OrderLine.class, new Key(ORDER, 7)));
		});
		changes.awaitIngested();
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	private static List<Operation> operations(ChangeQuery query) {
		return query.list().stream().map(Change::operation).toList();
	}

	@Test
	void findsTheChangesOfAClass() {
		assertThat(changes.query().entity(Todo.class).list()).hasSize(6)
			.allSatisfy((change) -> assertThat(change.table()).isEqualTo("todo"));
		assertThat(changes.query().entity(OrderLine.class).list()).hasSize(3)
			.allSatisfy((change) -> assertThat(change.schema()).isEqualTo("Sales"));
	}

	@Test
	void findsTheChangesOfAnEntity() {
		Todo[] found = new Todo[2];
		QueryApplication.inTransaction(application, (entities) -> {
			found[0] = entities.find(Todo.class, 2L);
			// A proxy that is not loaded.
			found[1] = entities.getReference(Todo.class, 1L);
		});
		assertThat(operations(changes.query().entity(found[0]))).containsExactly(Operation.CREATE);
		assertThat(operations(changes.query().entity(found[1]))).containsExactly(Operation.UPDATE, Operation.CREATE);
		assertThat(operations(changes.query().entity(Todo.class, 1L).changed("isCompleted")))
			.containsExactly(Operation.UPDATE);
		assertThatIllegalArgumentException().isThrownBy(() -> changes.query().entity("no entity"));
		assertThatIllegalArgumentException().isThrownBy(() -> changes.query().entity(OrderLine.class, "no id"));
	}

	@Test
	void findsTheChangesOfAnEntityWhoseKeyHasParts() {
		assertThat(operations(changes.query().entity(OrderLine.class, new Key(ORDER, 7))))
			.containsExactly(Operation.DELETE, Operation.CREATE);
		assertThat(operations(changes.query().entity(new OrderLine(new Key(ORDER, 8), 0, new Price(0, "")))))
			.containsExactly(Operation.CREATE);
		assertThat(changes.query().entity(OrderLine.class, new Key(ORDER, 9)).list()).isEmpty();
		assertThat(changes.query().entity(Seat.class, new Seat.Place("A", 1)).list()).hasSize(1)
			.first()
			.extracting(Change::primaryKey)
			.isEqualTo("[1, \"A\"]");
		assertThat(operations(changes.query().entity(new Seat("B", 1)))).containsExactly(Operation.CREATE);
	}

	@Test
	void givesEntities() {
		Todo todo = changes.query().entity(Todo.class, 1L).first().orElseThrow().toEntity(Todo.class);
		assertThat(todo.getTask()).isEqualTo("task 1");
		assertThat(todo.isCompleted()).isTrue();
		OrderLine line = changes.query()
			.entity(OrderLine.class, new Key(ORDER, 7))
			.first()
			.orElseThrow()
			.toEntity(OrderLine.class);
		assertThat(line.getKey()).isEqualTo(new Key(ORDER, 7));
		assertThat(line.getAmount()).isEqualTo(3);
		assertThat(line.getPrice()).hasToString("5 EUR");
		assertThat(changes.query().entity(Todo.class, 1L).first().orElseThrow().beforeOf("isCompleted", Boolean.class))
			.isFalse();
	}

	@Test
	void scrolls() {
		ChangeQuery query = changes.query().entity(Todo.class).oldestFirst().limit(4);
		Window<Change> window = ChangeWindows.scroll(query, ScrollPosition.keyset());
		List<Change> seen = new ArrayList<>(window.getContent());
		assertThat(window.hasNext()).isTrue();
		window = ChangeWindows.scroll(query, window.positionAt(window.size() - 1));
		seen.addAll(window.getContent());
		assertThat(window.hasNext()).isFalse();
		assertThat(seen).containsExactlyElementsOf(query.limit(100).list());
		assertThatIllegalArgumentException().isThrownBy(() -> ChangeWindows.scroll(query, ScrollPosition.offset(5)));
	}

	@Test
	void theHistoryIsAnEntityThatCannotBeWritten() {
		RecordedChangeRepository repository = application.getBean(RecordedChangeRepository.class);
		List<RecordedChange> history = repository.findByTableAndPrimaryKeyOrderByIdDesc("todo", "1", Limit.of(10));
		assertThat(history).extracting(RecordedChange::getOperation)
			.containsExactly(Operation.UPDATE, Operation.CREATE);
		assertThat(history.get(1).getMetadata()).contains("\"user\": \"ann\"");
		assertThat(history.get(0).getValues()).contains("\"isCompleted\": true");
		assertThat(repository.findById(history.get(0).getId())).isPresent();
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> QueryApplication.inTransaction(application,
					(entities) -> entities.remove(entities.find(RecordedChange.class, history.get(0).getId()))))
			.withStackTraceContaining("A recorded change cannot be written");
		assertThat(changes.find(history.get(0).getId())).isPresent();
		// Hibernate has not made a table of it.
		assertThat(database.query("SELECT relkind FROM pg_class WHERE oid = 'bemi.changes'::regclass"))
			.containsExactly("v");
	}

	@Test
	void worksWithoutIngestion() {
		try (ConfigurableApplicationContext reader = QueryApplication.start(database, "bemi.ingestion.enabled=false")) {
			Changes read = reader.getBean(Changes.class);
			database.execute("INSERT INTO todo VALUES (100, 'psql', false)");
			// The other application ingests.
			read.awaitIngested();
			assertThat(operations(read.query().entity(Todo.class, 100L))).containsExactly(Operation.CREATE);
		}
		database.execute("DELETE FROM todo WHERE id = 100");
	}

	@Test
	void worksWithAStoreElsewhereAndSaysThatNobodyIngests() {
		try (TestDatabase source = PostgresServer.shared().createDatabase();
				TestDatabase store = PostgresServer.shared().createDatabase()) {
			QueryApplication.createTables(source);
			String[] properties = { "bemi.store.url=" + store.url(), "spring.jpa.hibernate.ddl-auto=none" };
			try (ConfigurableApplicationContext separate = QueryApplication.start(source, properties)) {
				Changes read = separate.getBean(Changes.class);
				QueryApplication.inTransaction(separate, (entities) -> entities.persist(new Seat("C", 1)));
				read.awaitIngested();
				assertThat(operations(read.query().entity(new Seat("C", 1)))).containsExactly(Operation.CREATE);
			}
			try (ConfigurableApplicationContext alone = QueryApplication.start(source, properties[0], properties[1],
					"bemi.ingestion.enabled=false", "bemi.query.await-timeout=200ms")) {
				assertThatExceptionOfType(IngestionTimeoutException.class)
					.isThrownBy(() -> alone.getBean(Changes.class).awaitIngested())
					.withMessageContaining("after 200 ms: nobody ingests");
			}
		}
	}

}
