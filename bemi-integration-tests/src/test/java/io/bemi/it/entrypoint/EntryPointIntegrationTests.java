package io.bemi.it.entrypoint;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.bemi.it.support.Applications;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every {@link EntryPointRow entry point} times every {@link Way}: the whole context of
 * each change, as it is recorded.
 */
class EntryPointIntegrationTests {

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		database.execute("CREATE TABLE written (id text PRIMARY KEY)");
		application = Applications.start(database, EntryPointApplication.class);
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
		Entry entry = new Entry(way, name + "-" + way);
		row.enter(entry);
		int rows = (way == Way.BATCH) ? 2 : 1;
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(contexts(entry)).hasSize(rows).containsOnly(new TreeMap<>(row.context(entry))));
	}

	private static List<Map<String, Object>> contexts(Entry entry) {
		return Recorded.find(database, "written")
			.stream()
			.filter((change) -> change.key().equals(entry.key()) || change.key().equals(entry.key() + "/2"))
			.map(Recorded::context)
			.map(EntryPointIntegrationTests::withoutTrace)
			.toList();
	}

	private static Map<String, Object> withoutTrace(Map<String, Object> context) {
		Map<String, Object> result = new TreeMap<>(context);
		result.computeIfPresent("_bemi", (name, facts) -> {
			Map<Object, Object> others = new TreeMap<>((Map<?, ?>) facts);
			others.keySet().removeAll(List.of("traceId", "spanId"));
			return others;
		});
		return result;
	}

}
