package io.bemi.it.context;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.bemi.context.BemiContext;
import io.bemi.context.EntryPoint;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FlushModeType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.PreUpdate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * JPA sends its SQL when it flushes; what it sends belongs to the context in which the
 * entity was changed.
 */
class FlushIntegrationTests {

	private final TestDatabase database = PostgresServer.shared().createDatabase();

	private @Nullable ConfigurableApplicationContext application;

	@BeforeEach
	void createTable() {
		this.database.execute("CREATE TABLE note (id bigint PRIMARY KEY, text text NOT NULL)",
				"CREATE SEQUENCE note_seq INCREMENT 50");
	}

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
		this.database.close();
	}

	@Test
	void eachRowHasTheContextInWhichItWasChanged() {
		start();
		inTransaction((entities) -> BemiContext.run(Map.of("who", "outer"), () -> {
			entities.persist(new Note("before"));
			BemiContext.run(Map.of("who", "inner"), () -> entities.persist(new Note("inside")));
			Note kept = new Note("after");
			entities.persist(kept);
			BemiContext.put("who", "put");
			kept.text = "after and put";
		}));
		assertThat(recorded(4)).containsExactly("CREATE outer", "CREATE inner", "CREATE outer", "UPDATE put");
	}

	@Test
	void whatIsKeptBackIsWrittenBeforeAScopeOfAnotherKindOpens() {
		start();
		inTransaction((entities) -> {
			entities.persist(new Note("before"));
			try (BemiContext.Scope scope = new EntryPoint("event", "Listener.on").open()) {
				BemiContext.put("who", "listener");
				entities.persist(new Note("inside"));
			}
		});
		assertThat(recorded(2)).containsExactly("CREATE null", "CREATE listener");
	}

	@Test
	void aScopeAroundTheTransactionNeedsNoFlush() {
		start();
		BemiContext.run(Map.of("who", "around"), () -> inTransaction((entities) -> entities.persist(new Note("x"))));
		assertThat(recorded(1)).containsExactly("CREATE around");
	}

	@Test
	void switchedOffTheContextAtTheFlushCounts() {
		start("bemi.context.flush=false");
		inTransaction((entities) -> {
			BemiContext.run(Map.of("who", "inner"), () -> entities.persist(new Note("inside")));
			BemiContext.run(Map.of("who", "later"), entities::flush);
		});
		assertThat(recorded(1)).containsExactly("CREATE later");
	}

	@Test
	void leavesAnotherFlushModeAlone() {
		start();
		inTransaction((entities) -> {
			entities.setFlushMode(FlushModeType.COMMIT);
			BemiContext.run(Map.of("who", "inner"), () -> entities.persist(new Note("x")));
		});
		assertThat(recorded(1)).containsExactly("CREATE null");
	}

	@Test
	void leavesReadOnlyTransactionsAlone() {
		TransactionTemplate readOnly = transactions(start());
		readOnly.setReadOnly(true);
		this.database.execute("INSERT INTO note VALUES (1, 'as it was')");
		readOnly.executeWithoutResult((status) -> BemiContext.run(Map.of("who", "inner"),
				() -> Objects.requireNonNull(entities().find(Note.class, 1L)).text = "changed"));
		assertThat(this.database.query("SELECT text FROM note")).containsExactly("as it was");
	}

	@Test
	void aFlushThatFailsIsSeenWhereTheScopeClosesAndLeavesNoContext() {
		start();
		Note incomplete = new Note("x");
		incomplete.text = null;
		assertThatThrownBy(() -> inTransaction(
				(entities) -> BemiContext.run(Map.of("who", "inner"), () -> entities.persist(incomplete))))
			.hasMessageContaining("text");
		assertThat(BemiContext.current()).isEmpty();
		assertThat(this.database.query("SELECT * FROM note")).isEmpty();
	}

	@Test
	void aFlushThatFailsThrowsWhatTheCommitWouldThrow() {
		start();
		this.database.execute("INSERT INTO note VALUES (1, 'taken')", "ALTER TABLE note ADD UNIQUE (text)");
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> inTransaction((entities) -> entities.persist(new Note("taken"))));
		assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> inTransaction(
				(entities) -> BemiContext.run(Map.of("who", "inner"), () -> entities.persist(new Note("taken")))));
	}

	@Test
	void callbacksOfEntitiesMayBindResources() {
		start();
		Note note = new Note("new");
		// Some of which come after the entity manager.
		List<Object> others = Stream.generate(Object::new).limit(50).toList();
		try {
			others.forEach((other) -> TransactionSynchronizationManager.bindResource(other, other));
			inTransaction((entities) -> BemiContext.run(Map.of("who", "inner"), () -> {
				entities.persist(note);
				entities.flush();
				note.text = "bound";
			}));
		}
		finally {
			others.forEach(TransactionSynchronizationManager::unbindResourceIfPossible);
			TransactionSynchronizationManager.unbindResourceIfPossible(note);
		}
		assertThat(recorded(2)).containsExactly("CREATE inner", "UPDATE inner");
	}

	private ConfigurableApplicationContext start(String... properties) {
		ConfigurableApplicationContext started = Applications.startWithoutWeb(this.database, Application.class,
				properties);
		this.application = started;
		return started;
	}

	private void inTransaction(Consumer<EntityManager> work) {
		transactions(Objects.requireNonNull(this.application))
			.executeWithoutResult((status) -> work.accept(entities()));
	}

	private EntityManager entities() {
		EntityManagerFactory factory = Objects.requireNonNull(this.application).getBean(EntityManagerFactory.class);
		return SharedEntityManagerCreator.createSharedEntityManager(factory);
	}

	private static TransactionTemplate transactions(ConfigurableApplicationContext application) {
		return new TransactionTemplate(application.getBean(PlatformTransactionManager.class));
	}

	private List<String> recorded(int count) {
		return Recorded.await(this.database, "note", count)
			.stream()
			.map((change) -> change.operation() + " " + change.context().get("who"))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = Note.class)
	static class Application {

	}

	/**
	 * A record that is written at the flush, because its key comes from a sequence.
	 */
	@Entity(name = "note")
	static class Note {

		@Id
		@GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "note_seq")
		@Nullable Long id;

		@Column(nullable = false)
		@Nullable String text;

		Note() {
		}

		Note(String text) {
			this.text = text;
		}

		@PreUpdate
		void bind() {
			if ("bound".equals(this.text)) {
				TransactionSynchronizationManager.bindResource(this, this);
			}
		}

	}

}
