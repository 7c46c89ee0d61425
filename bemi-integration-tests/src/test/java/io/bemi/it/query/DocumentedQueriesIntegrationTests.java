package io.bemi.it.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.change.Change.Difference;
import io.bemi.context.BemiContext;
import io.bemi.query.Bucket;
import io.bemi.query.Changes;
import io.bemi.query.Count;
import io.bemi.query.Document;
import io.bemi.query.Grouping;
import io.bemi.query.Page;
import io.bemi.query.Transaction;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.Moment;
import io.bemi.timetravel.Past;
import io.bemi.timetravel.TimeTravel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/query.md} and {@code docs/timetravel.md} show: their SQL is run from
 * there, their Java is what runs here.
 */
class DocumentedQueriesIntegrationTests {

	private static final Path DOCUMENTATION = Path.of("../docs/query.md");

	private static final Path TIME_TRAVEL = Path.of("../docs/timetravel.md");

	private static final Path SOURCES = Path.of("../bemi-integration-tests/src/test/java/io/bemi/it/query");

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static Changes changes;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		QueryApplication.createTables(database);
		application = QueryApplication.start(database);
		changes = application.getBean(Changes.class);
		QueryApplication.awaitBaselines(database);
		BemiContext.run(Map.of("user", "ann", "requestId", "r-1"),
				() -> QueryApplication.inTransaction(application, (entities) -> {
					entities.persist(new Todo(26, "Sleep"));
					entities.persist(new Todo(27, "Eat"));
				}));
		BemiContext.run(Map.of("user", "bob", "requestId", "r-2"),
				() -> QueryApplication.inTransaction(application, (entities) -> {
					entities.find(Todo.class, 26L).complete();
					entities.find(Todo.class, 27L).setTask("Eat well");
				}));
		database.execute("BEGIN; DELETE FROM todo WHERE id = 27; SELECT pg_logical_emit_message(true, '_bemi',"
				+ " '{\"user\": \"ann\", \"_bemi\": {\"traceId\": \"" + TRACE + "\"}}'); COMMIT");
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@Test
	void auditTrail() {
		changes.awaitIngested();
		List<Change> history = changes.query().entity(Todo.class, 26L).list();
		for (Change change : history) {
			Object user = change.metadata().get("user");
			Map<String, Difference> diff = change.diff();
			show(change.committedAt(), user, change.operation(), diff);
		}
		List<Change> ofAnn = changes.query()
			.context("user", "ann")
			.since(Instant.now().minus(Duration.ofDays(30)))
			.list();
		assertThat(history).hasSize(2);
		assertThat(history.get(0).diff()).containsOnlyKeys("isCompleted");
		assertThat(ofAnn).hasSize(3);
	}

	@Test
	void troubleshooting() {
		changes.awaitIngested();
		Instant incident = Instant.now();
		List<Change> completed = changes.query().entity(Todo.class).changed("isCompleted", false, true).list();
		Change culprit = changes.query()
			.since(incident.minus(Duration.ofHours(1)))
			.pathExists(Document.VALUES, "$.task ? (@ starts with $text)", Map.of("text", "Eat w"))
			.first()
			.orElseThrow();
		Todo before = culprit.toEntityBefore(Todo.class);
		List<Transaction> request = changes.query().context("requestId", "r-2").transactions();
		assertThat(completed).hasSize(1);
		assertThat(before).extracting(Todo::getTask).isEqualTo("Eat");
		assertThat(request).hasSize(1).first().extracting((transaction) -> transaction.changes().size()).isEqualTo(2);
	}

	@Test
	void tracing() {
		changes.awaitIngested();
		String traceId = TRACE;
		List<Change> trace = changes.query().trace(traceId).oldestFirst().list();
		assertThat(trace).hasSize(1);
	}

	@Test
	void trends() {
		changes.awaitIngested();
		List<Count> perDay = changes.query()
			.since(Instant.now().minus(Duration.ofDays(90)))
			.counts(Bucket.DAY, ZoneId.of("Europe/Berlin"), Grouping.operation());
		List<Count> perUser = changes.query()
			.table("todo")
			.counts(Bucket.MONTH, ZoneId.of("UTC"), Grouping.context("user"));
		assertThat(perDay).extracting(Count::group).containsOnly("CREATE", "DELETE", "UPDATE");
		assertThat(perUser).extracting(Count::group).contains("ann", "bob");
	}

	@Test
	void timeTravel() {
		changes.awaitIngested();
		TimeTravel timeTravel = application.getBean(TimeTravel.class);
		Todos repository = application.getBean(Todos.class);
		Instant yesterday = changes.query().table("todo").oldestFirst().first().orElseThrow().committedAt();
		Instant today = changes.query().table("todo").first().orElseThrow().committedAt();
		// The application's own repositories, JdbcClient and SQL, unchanged.
		List<Todo> todos = timeTravel.at(yesterday, () -> repository.findAll());

		// As values, wherever the store is.
		Past past = timeTravel.asOf(yesterday);
		Optional<Map<String, Object>> todo = past.find("todo", 26);
		List<Map<String, Object>> rows = past.rows("todo");
		List<Change> history = past.history("todo", 26);
		Map<String, Difference> what = past.diff("todo", 26, Moment.of(today));
		Optional<Todo> entity = past.find(Todo.class, 26L);
		assertThat(todos).extracting(Todo::getTask).containsExactlyInAnyOrder("Sleep", "Eat");
		assertThat(todo.orElseThrow()).containsEntry("task", "Sleep");
		assertThat(rows).hasSize(2);
		assertThat(history).hasSize(1);
		assertThat(what).containsOnlyKeys("isCompleted");
		assertThat(entity.orElseThrow().isCompleted()).isFalse();
		assertThat(repository.findAll()).hasSize(1);
	}

	@Test
	void reading() {
		changes.awaitIngested();
		List<Change> all = new ArrayList<>();
		Page page = changes.query().table("todo").limit(2).page();
		all.addAll(page.changes());
		while (page.hasNext()) {
			page = changes.query().table("todo").limit(2).after(page.cursor()).page();
			all.addAll(page.changes());
		}
		List<String> exported = new ArrayList<>();
		Consumer<Change> export = (change) -> exported.add(change.id());
		try (Stream<Change> stream = changes.query().table("todo").oldestFirst().stream()) {
			stream.forEach(export);
		}
		assertThat(exported).hasSize(5).hasSameSizeAs(all);
	}

	private static void show(@Nullable Object... values) {
		assertThat(values).doesNotContainNull();
	}

	@ParameterizedTest
	@MethodSource
	void sqlFindsSomething(String sql) {
		changes.awaitIngested();
		assertThat(database.query(sql)).isNotEmpty();
	}

	static Stream<String> sqlFindsSomething() throws IOException {
		return Stream.of(blocks("sql").split(";\\s*\n", -1)).filter((sql) -> !sql.isBlank());
	}

	@ParameterizedTest
	@MethodSource
	void javaIsWhatRuns(String block) throws IOException {
		StringBuilder sources = new StringBuilder();
		for (String source : List.of("DocumentedQueriesIntegrationTests.java", "QueryApplication.java")) {
			sources.append(Files.readString(SOURCES.resolve(source)));
		}
		assertThat(plain(sources.toString())).contains(plain(block));
	}

	static Stream<String> javaIsWhatRuns() throws IOException {
		return Stream.concat(blocksOf(DOCUMENTATION, "java"), blocksOf(TIME_TRAVEL, "java"));
	}

	private static String plain(String text) {
		return text.lines().map(String::strip).filter((line) -> !line.isEmpty()).collect(Collectors.joining("\n"));
	}

	private static String blocks(String language) throws IOException {
		return blocksOf(DOCUMENTATION, language).collect(Collectors.joining("\n"));
	}

	private static Stream<String> blocksOf(Path documentation, String language) throws IOException {
		Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(documentation));
		List<String> blocks = new ArrayList<>();
		while (block.find()) {
			blocks.add(block.group(1));
		}
		assertThat(blocks).isNotEmpty();
		return blocks.stream();
	}

}
