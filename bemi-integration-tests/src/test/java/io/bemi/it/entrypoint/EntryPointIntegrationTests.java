package io.bemi.it.entrypoint;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.bemi.it.support.Applications;
import io.bemi.it.support.Http;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every {@link EntryPointRow entry point} times every {@link Way}: the whole context of
 * each change, as it is recorded. All is written first, so that it is waited for once.
 */
class EntryPointIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Map<Entry, RuntimeException> failures = new HashMap<>();

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static List<Recorded> recorded = List.of();

	@BeforeAll
	static void writeAll() {
		database = PostgresServer.shared().createDatabase();
		database.execute("CREATE TABLE written (id text PRIMARY KEY)");
		application = Applications.start(database, EntryPointApplication.class);
		application.getBeansOfType(EntryPointRow.class).values().forEach(EntryPointIntegrationTests::enter);
	}

	private static void enter(EntryPointRow row) {
		for (Way way : Way.values()) {
			Entry entry = Entry.of(row.name(), way);
			try {
				row.enter(entry);
			}
			catch (RuntimeException ex) {
				failures.put(entry, ex);
			}
		}
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	static Stream<Arguments> table() {
		return application.getBeansOfType(EntryPointRow.class)
			.values()
			.stream()
			.flatMap((row) -> Stream.of(Way.values()).map((way) -> Arguments.of(row.name(), way, row)));
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource("table")
	void hasItsContext(String name, Way way, EntryPointRow row) {
		Entry entry = Entry.of(name, way);
		assertThat(failures.get(entry)).isNull();
		int rows = (way == Way.BATCH) ? 2 : 1;
		if (contexts(entry).size() < rows) {
			Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).untilAsserted(() -> {
				recorded = Recorded.find(database, "written");
				assertThat(contexts(entry)).hasSize(rows);
			});
		}
		assertThat(contexts(entry)).hasSize(rows).containsOnly(new TreeMap<>(row.context(entry)));
	}

	@Test
	void listenersOfOneTransactionHaveTheirOwnContextsAlthoughItIsFlushedAtTheEnd() {
		assertThat(Http.to(application).post("alice", "/events/e").statusCode()).isEqualTo(200);
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(
					() -> assertThat(methodsOfEvents()).isEqualTo(Map.of("e-request", "http EventsController.write",
							"e-before", "event Listeners.before", "e-after", "event Listeners.after")));
	}

	private static Map<String, String> methodsOfEvents() {
		return Recorded.find(database, "written")
			.stream()
			.filter((change) -> change.key().startsWith("e-"))
			.collect(Collectors.toMap(Recorded::key,
					(change) -> change.fact("entryPoint") + " " + change.fact("method")));
	}

	private static List<Map<String, Object>> contexts(Entry entry) {
		return recorded.stream()
			.filter((change) -> change.key().equals(entry.key()) || change.key().equals(entry.key() + "/2"))
			.map(Recorded::context)
			.map(EntryPointIntegrationTests::comparable)
			.toList();
	}

	// Neither the ids of a trace, nor the address, which depends on the server.
	private static Map<String, Object> comparable(Map<String, Object> context) {
		Map<String, Object> result = new TreeMap<>(context);
		result.computeIfPresent("_bemi", (name, value) -> {
			Map<Object, Object> facts = new TreeMap<>((Map<?, ?>) value);
			facts.keySet().removeAll(List.of("traceId", "spanId"));
			facts.computeIfPresent("db", (db, session) -> {
				Map<Object, Object> rest = new TreeMap<>((Map<?, ?>) session);
				rest.remove("address");
				return rest;
			});
			return facts;
		});
		return result;
	}

}
