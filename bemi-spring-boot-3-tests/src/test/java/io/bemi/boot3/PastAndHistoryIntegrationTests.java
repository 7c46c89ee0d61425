package io.bemi.boot3;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.query.Changes;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TimeTravelException;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import org.hibernate.Version;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.domain.EntityScan;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Entities and repositories find their history and their past with Hibernate 6.6 as they
 * do with 7.
 */
class PastAndHistoryIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void entitiesHaveAHistoryAndAPast(int version) {
		assertThat(Version.getVersionString()).startsWith("6.6");
		try (TestDatabase database = PostgresServer.version(version).createDatabase()) {
			database.execute("CREATE TABLE author (id bigint PRIMARY KEY, name text)",
					"CREATE TABLE book (id bigint PRIMARY KEY, title text, author_id bigint REFERENCES author)",
					"CREATE TABLE loan (book_id bigint, number int, reader text, PRIMARY KEY (book_id, number))");
			try (ConfigurableApplicationContext application = start(database)) {
				check(application);
			}
		}
	}

	private static ConfigurableApplicationContext start(TestDatabase database) {
		return new SpringApplicationBuilder(Application.class)
			.properties("spring.main.banner-mode=off", "spring.main.web-application-type=none",
					"spring.application.name=boot3", "spring.datasource.url=" + database.url(),
					"spring.datasource.username=" + database.server().username(),
					"spring.datasource.password=" + database.server().password(), "spring.flyway.enabled=false",
					"spring.batch.job.enabled=false", "spring.jpa.open-in-view=false")
			.run();
	}

	private static void check(ConfigurableApplicationContext application) {
		Authors authors = application.getBean(Authors.class);
		Books books = application.getBean(Books.class);
		Loans loans = application.getBean(Loans.class);
		Changes changes = application.getBean(Changes.class);
		TimeTravel travel = application.getBean(TimeTravel.class);
		TransactionTemplate transactions = new TransactionTemplate(
				application.getBean(PlatformTransactionManager.class));
		changes.awaitIngested();
		Author author = new Author(1, "Ann");
		transactions.executeWithoutResult((status) -> {
			authors.save(author);
			books.save(new Book(10, "First", author));
			books.save(new Book(11, "Second", author));
			loans.save(new Loan(new LoanKey(10, 1), "Bob"));
		});
		transactions.executeWithoutResult((status) -> {
			authors.findById(1L).orElseThrow().name = "Anna";
			books.deleteById(11L);
			loans.deleteById(new LoanKey(10, 1));
		});
		changes.awaitIngested();

		List<Change> history = changes.query().entity(Author.class, 1L).list();
		assertThat(history).extracting(Change::operation).containsExactly(Operation.UPDATE, Operation.CREATE);
		assertThat(history.get(0).diff().get("name")).hasToString("Ann -> Anna");
		assertThat(history.get(1).toEntity(Author.class).name).isEqualTo("Ann");
		assertThat(changes.query().entity(Loan.class, new LoanKey(10, 1)).list()).extracting(Change::operation)
			.containsExactly(Operation.DELETE, Operation.CREATE);
		assertThat(changes.query().entity(author).list()).hasSize(2);

		long past = history.get(1).transactionId();
		List<String> seen = travel.at(past,
				() -> Objects
					.requireNonNull(transactions.execute((status) -> authors.findById(1L).orElseThrow().books.stream()
						.map((book) -> book.title + Objects.requireNonNull(book.author).name)
						.sorted()
						.toList())));
		assertThat(seen).containsExactly("FirstAnn", "SecondAnn");
		assertThat(travel.at(past, () -> books.findAll())).hasSize(2);
		assertThat(travel.at(past, () -> loans.findById(new LoanKey(10, 1)))).isPresent();
		assertThat(travel.asOf(past).find(Author.class, 1L).orElseThrow().name).isEqualTo("Ann");
		assertThat(authors.findById(1L).orElseThrow().name).isEqualTo("Anna");
		assertThat(books.findAll()).hasSize(1);
		assertThatThrownBy(() -> travel.at(past, () -> authors.save(new Author(2, "x"))))
			.hasStackTraceContaining("Nothing is written within the past as of");
		var open = application.getBean(EntityManagerFactory.class).createEntityManager();
		try {
			assertThatThrownBy(() -> travel.at(past, () -> open.find(Author.class, 1L)))
				.isInstanceOf(TimeTravelException.class)
				.hasMessageContaining("A persistence context of the present reads nothing of the past");
		}
		finally {
			open.close();
		}
	}

	interface Authors extends JpaRepository<Author, Long> {

	}

	interface Books extends JpaRepository<Book, Long> {

	}

	interface Loans extends JpaRepository<Loan, LoanKey> {

	}

	@Entity
	@Table(name = "author")
	static class Author {

		@Id
		@Nullable Long id;

		@Nullable String name;

		@OneToMany(mappedBy = "author")
		List<Book> books = new ArrayList<>();

		Author() {
		}

		Author(long id, String name) {
			this.id = id;
			this.name = name;
		}

	}

	@Entity
	@Table(name = "book")
	static class Book {

		@Id
		@Nullable Long id;

		@Nullable String title;

		@ManyToOne(fetch = FetchType.LAZY)
		@Nullable Author author;

		Book() {
		}

		Book(long id, String title, Author author) {
			this.id = id;
			this.title = title;
			this.author = author;
		}

	}

	@Entity
	@Table(name = "loan")
	static class Loan {

		@EmbeddedId
		@Nullable LoanKey key;

		@Nullable String reader;

		Loan() {
		}

		Loan(LoanKey key, String reader) {
			this.key = key;
			this.reader = reader;
		}

	}

	/**
	 * The id of a loan.
	 */
	@Embeddable
	static class LoanKey implements Serializable {

		private static final long serialVersionUID = 1L;

		private long bookId;

		private int number;

		LoanKey() {
		}

		LoanKey(long bookId, int number) {
			this.bookId = bookId;
			this.number = number;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof LoanKey that && that.bookId == this.bookId && that.number == this.number;
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.bookId, this.number);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = Author.class)
	@EnableJpaRepositories(basePackageClasses = Authors.class, considerNestedRepositories = true)
	static class Application {

	}

}
