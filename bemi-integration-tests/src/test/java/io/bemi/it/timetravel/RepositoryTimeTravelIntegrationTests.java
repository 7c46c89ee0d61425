package io.bemi.it.timetravel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import io.bemi.it.support.Applications;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.Moment;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TimeTravelException;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Unmodified repositories read, at random moments of random work, what was there then.
 */
class RepositoryTimeTravelIntegrationTests {

	private static final int MOMENTS = 50;

	private final Random random = new Random(7);

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void repositoriesReadThePast(int version) {
		try (TestDatabase database = PostgresServer.version(version).createDatabase()) {
			database.execute("CREATE TABLE author (id bigint PRIMARY KEY, name text)",
					"CREATE TABLE book (id bigint PRIMARY KEY, title varchar(100), author_id bigint REFERENCES author)");
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(database,
					Application.class)) {
				run(application, database);
			}
		}
	}

	private void run(ConfigurableApplicationContext application, TestDatabase database) {
		TransactionTemplate transactions = new TransactionTemplate(
				application.getBean(PlatformTransactionManager.class));
		Authors authors = application.getBean(Authors.class);
		Books books = application.getBean(Books.class);
		TimeTravel travel = application.getBean(TimeTravel.class);
		Map<Long, List<String>> copies = new LinkedHashMap<>();
		while (copies.size() < MOMENTS) {
			long id = Objects.requireNonNull(transactions.execute((status) -> {
				for (int i = 0; i < 5; i++) {
					work(authors, books);
				}
				authors.save(new Author(1000 + copies.size(), "marks the moment"));
				authors.flush();
				return books.transaction();
			}));
			copies.put(id, Objects.requireNonNull(transactions.execute((status) -> rows(authors, books))));
		}
		long last = copies.keySet().stream().max(Long::compare).orElseThrow();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(
					database.query("SELECT 1 FROM bemi.changes WHERE transaction_id = " + last + " LIMIT 1"))
				.isNotEmpty());
		copies.forEach((moment, rows) -> {
			List<String> past = travel.at(moment,
					() -> Objects.requireNonNull(transactions.execute((status) -> rows(authors, books))));
			assertThat(past).isEqualTo(rows);
		});
		long first = copies.keySet().iterator().next();
		assertThat(travel.asOf(first).find(Author.class, 1000L))
			.hasValueSatisfying((author) -> assertThat(author.name).isEqualTo("marks the moment"));
		assertThat(travel.asOf(first).find(Author.class, 1001L)).isEmpty();
		assertThatThrownBy(() -> travel.at(first, () -> authors.save(new Author(1, "x"))))
			.hasStackTraceContaining("Nothing is written within the past as of");
		assertThatThrownBy(() -> travel.at(first, books::inTheSchema))
			.hasStackTraceContaining("permission denied for table book");
		inTheSchema(application.getBean(EntityManager.class), transactions, travel, first);
		openInView(application.getBean(EntityManagerFactory.class), authors, travel, first);
	}

	/**
	 * An entity whose table is named with its schema is refused, and not read from the
	 * present or taken for one that is not there.
	 */
	private static void inTheSchema(EntityManager entities, TransactionTemplate transactions, TimeTravel travel,
			long first) {
		assertThat(entities.createQuery("SELECT b FROM PublicBook b", PublicBook.class).getResultList()).isNotEmpty();
		Runnable find = () -> entities.find(PublicBook.class, 3L);
		Runnable query = () -> entities.createQuery("SELECT b.title FROM PublicBook b", String.class).getResultList();
		for (Runnable read : List.of(find, query)) {
			assertThatThrownBy(() -> travel.at(Moment.ofTransaction(first), read))
				.isInstanceOf(TimeTravelException.class)
				.hasMessageContaining("permission denied for table book");
			assertThatThrownBy(() -> travel.at(Moment.ofTransaction(first),
					() -> transactions.executeWithoutResult((status) -> read.run())))
				.isInstanceOf(TimeTravelException.class)
				.hasMessageContaining("permission denied for table book");
		}
	}

	/**
	 * A persistence context that is open on the thread mixes nothing.
	 */
	private static void openInView(EntityManagerFactory factory, Authors authors, TimeTravel travel, long first) {
		EntityManager open = factory.createEntityManager();
		TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(open));
		try {
			long count = authors.findAll().size();
			boolean there = travel.at(first, () -> authors.existsById(1049L));
			assertThat(there).isFalse();
			assertThat(authors.findById(1049L)).isPresent();
			assertThat(authors.findAll()).hasSize((int) count);
		}
		finally {
			TransactionSynchronizationManager.unbindResource(factory);
			open.close();
		}
	}

	private void work(Authors authors, Books books) {
		long author = this.random.nextInt(8);
		long book = this.random.nextInt(30);
		switch (this.random.nextInt(6)) {
			case 0 -> authors.save(new Author(author, "author " + this.random.nextInt(100)));
			case 1, 2, 3 ->
				books.save(new Book(book, "book " + this.random.nextInt(100), authors.findById(author).orElse(null)));
			case 4 -> books.findById(book).ifPresent(books::delete);
			default -> authors.findById(author).ifPresent((found) -> {
				books.deleteAll(books.findAll().stream().filter((other) -> other.author == found).toList());
				books.flush();
				authors.delete(found);
				authors.flush();
			});
		}
	}

	private static List<String> rows(Authors authors, Books books) {
		List<String> rows = new ArrayList<>();
		authors.findAll()
			.forEach((author) -> rows.add(author.id + author.name
					+ author.books.stream().map((book) -> book.id + book.title).sorted().toList()));
		books.findAll()
			.forEach((book) -> rows.add(book.id + book.title + ((book.author != null) ? book.author.name : "")));
		books.findById(3L).ifPresent((book) -> rows.add(book.title));
		rows.add(String.valueOf(books.count()));
		rows.sort(null);
		return rows;
	}

	interface Authors extends JpaRepository<Author, Long> {

	}

	interface Books extends JpaRepository<Book, Long> {

		@org.springframework.data.jpa.repository.Query(value = "SELECT pg_current_xact_id()::text::bigint",
				nativeQuery = true)
		long transaction();

		@org.springframework.data.jpa.repository.Query(value = "SELECT count(*) FROM public.book", nativeQuery = true)
		long inTheSchema();

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

		Book(long id, String title, @Nullable Author author) {
			this.id = id;
			this.title = title;
			this.author = author;
		}

	}

	@Entity(name = "PublicBook")
	@Table(name = "book", schema = "public")
	static class PublicBook {

		@Id
		@Nullable Long id;

		@Nullable String title;

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = Author.class)
	@EnableJpaRepositories(basePackageClasses = Authors.class, considerNestedRepositories = true)
	static class Application {

	}

}
