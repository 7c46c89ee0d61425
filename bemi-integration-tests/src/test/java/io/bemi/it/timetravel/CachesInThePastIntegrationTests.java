package io.bemi.it.timetravel;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TimeTravelException;
import jakarta.persistence.Cache;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Hibernate's second-level cache, its query cache and open persistence contexts mix
 * nothing of the past with the present, in whatever order they are read.
 */
class CachesInThePastIntegrationTests {

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static Shelves shelves;

	private static EntityManagerFactory factory;

	private static TransactionTemplate transactions;

	private static long past;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		ShelfApplication.createTables(database);
		application = ShelfApplication.start(database,
				"spring.jpa.properties.hibernate.cache.use_second_level_cache=true",
				"spring.jpa.properties.hibernate.cache.use_query_cache=true",
				"spring.jpa.properties.hibernate.cache.region.factory_class=jcache",
				"spring.jpa.properties.hibernate.javax.cache.provider=com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider",
				"spring.jpa.properties.hibernate.javax.cache.missing_cache_strategy=create",
				"spring.jpa.properties.hibernate.generate_statistics=true");
		shelves = application.getBean(Shelves.class);
		factory = application.getBean(EntityManagerFactory.class);
		transactions = new TransactionTemplate(application.getBean(PlatformTransactionManager.class));
		past = ShelfApplication.write(database);
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@BeforeEach
	void forget() {
		factory.unwrap(SessionFactory.class).getCache().evictAllRegions();
		statistics().clear();
	}

	private static Statistics statistics() {
		return factory.unwrap(SessionFactory.class).getStatistics();
	}

	private static <T> T at(Supplier<T> work) {
		return application.getBean(TimeTravel.class).at(past, work);
	}

	private static List<String> read() {
		return Objects.requireNonNull(transactions.execute((status) -> {
			Session session = application.getBean(EntityManager.class).unwrap(Session.class);
			return List.of(note(shelves.findById(1L).orElseThrow()), String.valueOf(shelves.findById(3L).isPresent()),
					String.valueOf(shelves.findById(4L).isPresent()), shelves.cachedNotes().toString(),
					shelves.cached().stream().map(CachesInThePastIntegrationTests::note).toList().toString(),
					shelves.findById(1L)
						.orElseThrow()
						.getItems()
						.stream()
						.map(Item::getName)
						.sorted()
						.toList()
						.toString(),
					note(session.bySimpleNaturalId(Shelf.class).load("a")),
					note(session.bySimpleNaturalId(Shelf.class).load("b")));
		}));
	}

	private static String note(Shelf shelf) {
		return String.valueOf(shelf.getNote());
	}

	private static final List<String> PAST = List.of("past 1", "true", "false", "[past 1, past 2, gone]",
			"[past 1, past 2, gone]", "[past item, past other]", "past 1", "past 2");

	private static final List<String> PRESENT = List.of("present 1", "false", "true",
			"[present 1, present 2, present 4]", "[present 1, present 2, present 4]", "[past other]", "present 2",
			"present 1");

	@Test
	void whatIsCachedOfThePresentIsNotTakenForThePast() {
		assertThat(read()).isEqualTo(PRESENT);
		assertThat(read()).isEqualTo(PRESENT);
		assertThat(statistics().getSecondLevelCacheHitCount()).isPositive();
		assertThat(statistics().getQueryCacheHitCount()).isPositive();
		for (int i = 0; i < 3; i++) {
			assertThat(at(CachesInThePastIntegrationTests::read)).isEqualTo(PAST);
			assertThat(read()).isEqualTo(PRESENT);
		}
	}

	@Test
	void nothingOfThePastStaysCached() {
		for (int i = 0; i < 2; i++) {
			assertThat(at(CachesInThePastIntegrationTests::read)).isEqualTo(PAST);
		}
		Cache cache = factory.getCache();
		assertThat(cache.contains(Shelf.class, 1L)).isFalse();
		assertThat(cache.contains(Item.class, 10L)).isFalse();
		assertThat(statistics().getSecondLevelCachePutCount()).isZero();
		assertThat(statistics().getQueryCachePutCount()).isZero();
		assertThat(read()).isEqualTo(PRESENT);
	}

	/**
	 * Caches that Hibernate does not bypass are an error within the past.
	 */
	@Test
	void aCacheThatCannotBeBypassedIsRefused() {
		assertThat(badge("a")).isEqualTo(2L);
		assertThat(badge("a")).isEqualTo(2L);
		assertThat(statistics().getNaturalIdCacheHitCount()).isPositive();
		assertThatThrownBy(() -> at(() -> badge("a"))).hasStackTraceContaining("Hibernate's caches are of the present");
		forget();
		assertThatThrownBy(() -> at(() -> badge("a"))).hasStackTraceContaining("Hibernate's caches are of the present");
		assertThat(statistics().getNaturalIdCachePutCount()).isZero();
		assertThat(badge("a")).isEqualTo(2L);
		assertThat(shelves.cachedAtAnyRate()).hasSize(3);
		assertThat(shelves.cachedAtAnyRate()).hasSize(3);
		assertThatThrownBy(() -> at(() -> shelves.cachedAtAnyRate()))
			.hasStackTraceContaining("Hibernate's caches are of the present");
		forget();
		assertThatThrownBy(() -> at(() -> shelves.cachedAtAnyRate()))
			.hasStackTraceContaining("Hibernate's caches are of the present");
		assertThat(shelves.cachedAtAnyRate()).extracting(CachesInThePastIntegrationTests::note)
			.containsExactly("present 1", "present 2", "present 4");
	}

	private static Long badge(String code) {
		return Objects.requireNonNull(transactions.execute((status) -> {
			Session session = application.getBean(EntityManager.class).unwrap(Session.class);
			return Objects.requireNonNull(session.bySimpleNaturalId(Badge.class).load(code).getId());
		}));
	}

	@Test
	void readsThePastWithoutATransactionToo() {
		assertThat(note(shelves.findById(1L).orElseThrow())).isEqualTo("present 1");
		assertThat(at(() -> note(shelves.findById(1L).orElseThrow()))).isEqualTo("past 1");
		assertThat(at(() -> shelves.cachedNotes())).containsExactly("past 1", "past 2", "gone");
		assertThat(shelves.cachedNotes()).containsExactly("present 1", "present 2", "present 4");
		assertThat(note(shelves.findById(1L).orElseThrow())).isEqualTo("present 1");
		List<String> bare = at(() -> {
			EntityManager own = factory.createEntityManager();
			try {
				return List.of(note(own.find(Shelf.class, 1L)));
			}
			finally {
				own.close();
			}
		});
		assertThat(bare).containsExactly("past 1");
	}

	/**
	 * "Open in view" leaves a persistence context open, whose entities are of the
	 * present.
	 */
	@Test
	void anOpenPersistenceContextStaysInItsTime() {
		EntityManager open = factory.createEntityManager();
		TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(open));
		try {
			Shelf shelf = shelves.findById(1L).orElseThrow();
			Shelf unread = shelves.getReferenceById(2L);
			assertThat(at(() -> note(shelves.findById(1L).orElseThrow()))).isEqualTo("past 1");
			assertThatThrownBy(() -> at(() -> shelf.getItems().size()))
				.hasStackTraceContaining("was taken outside of the past as of");
			assertThatThrownBy(() -> at(() -> open.createQuery("SELECT s FROM Shelf s").getResultList()))
				.hasStackTraceContaining("was taken outside of the past as of");
			Shelf before = at(() -> shelves.findById(1L).orElseThrow());
			assertThatThrownBy(() -> before.getItems().size()).hasMessageContaining("initialize");
			assertThat(note(shelf)).isEqualTo("present 1");
			assertThat(shelf.getItems()).hasSize(1);
			assertThat(note(unread)).isEqualTo("present 2");
			assertThat(shelves.findById(1L)).containsSame(shelf);
		}
		finally {
			TransactionSynchronizationManager.unbindResource(factory);
			open.close();
		}
		assertThat(read()).isEqualTo(PRESENT);
	}

	/**
	 * One that has a connection keeps it, one that has none gets none.
	 */
	@Test
	void aPersistenceContextReadsInItsTimeOnly() {
		EntityManager present = factory.createEntityManager();
		EntityManager[] kept = new EntityManager[2];
		try {
			assertThatThrownBy(() -> at(() -> present.find(Shelf.class, 4L)))
				.hasStackTraceContaining("A persistence context of the present reads nothing of the past as of");
			assertThat(present.find(Shelf.class, 4L)).isNotNull();
			String note = at(() -> {
				kept[0] = factory.createEntityManager();
				kept[1] = factory.createEntityManager();
				return note(kept[0].find(Shelf.class, 1L));
			});
			assertThat(note).isEqualTo("past 1");
			assertThat(note(kept[0].find(Shelf.class, 2L))).isEqualTo("past 2");
			assertThatThrownBy(() -> kept[1].find(Shelf.class, 2L))
				.hasStackTraceContaining("reads nothing of the present");
			String nested = at(() -> {
				EntityManager outer = factory.createEntityManager();
				try {
					assertThatThrownBy(() -> at(() -> outer.find(Shelf.class, 1L)))
						.hasStackTraceContaining("reads nothing of");
					return note(outer.find(Shelf.class, 1L));
				}
				finally {
					outer.close();
				}
			});
			assertThat(nested).isEqualTo("past 1");
		}
		finally {
			present.close();
			kept[0].close();
			kept[1].close();
		}
		assertThat(read()).isEqualTo(PRESENT);
	}

	@Test
	void anOuterTransactionIsAnError() {
		transactions.executeWithoutResult((status) -> {
			assertThat(note(shelves.findById(1L).orElseThrow())).isEqualTo("present 1");
			assertThatThrownBy(() -> at(() -> shelves.findById(1L))).hasMessageContaining("A transaction is under way");
			assertThat(note(shelves.findById(1L).orElseThrow())).isEqualTo("present 1");
		});
		assertThat(read()).isEqualTo(PRESENT);
	}

	/**
	 * What is not known is an exception of the repository, not a null.
	 */
	@Test
	void aRepositoryDoesNotTellWhatIsNotKnown() {
		database.execute(
				"SET session_replication_role = replica; UPDATE bemi.change SET image = image - 'note', unknown = '{note}' WHERE transaction_id = "
						+ past + " AND primary_key = '2' AND image ? 'note'");
		try {
			String message = "It is not known what column note of table public.shelf held then, in the record 2";
			assertThatThrownBy(() -> at(() -> shelves.findById(2L))).isInstanceOf(TimeTravelException.class)
				.hasMessage(message);
			assertThatThrownBy(() -> at(() -> transactions.execute((status) -> shelves.findById(2L))))
				.isInstanceOf(TimeTravelException.class)
				.hasMessage(message);
			assertThatThrownBy(() -> at(() -> shelves.findAll())).isInstanceOf(TimeTravelException.class)
				.hasMessage(message);
			assertThatThrownBy(() -> application.getBean(TimeTravel.class).asOf(past).find(Shelf.class, 2L))
				.isInstanceOf(TimeTravelException.class)
				.hasMessage(message);
			assertThat(at(() -> note(shelves.findById(1L).orElseThrow()))).isEqualTo("past 1");
		}
		finally {
			database.execute(
					"SET session_replication_role = replica; UPDATE bemi.change SET image = image || '{\"note\": \"past 2\"}', unknown = NULL"
							+ " WHERE transaction_id = " + past + " AND primary_key = '2' AND unknown IS NOT NULL");
		}
	}

}
