package io.bemi.store;

import java.util.List;
import java.util.OptionalLong;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.Quarantine;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rows that cannot be recorded as they are stand in the history with what can be known,
 * are in quarantine with all that arrived, and stop nothing.
 */
class QuarantineIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRowOfATypeAsItWasIsKeptAsItsText(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("CREATE TYPE pair AS (n int, t text)",
					"CREATE TABLE typed (id int PRIMARY KEY, p pair, v text)",
					"ALTER PUBLICATION bemi ADD TABLE typed");
			try (Ingester first = capture.start()) {
				database.execute("INSERT INTO typed VALUES (1, ROW(1, 'a, \"b\"'), 'one'), (2, NULL, 'two')");
				capture.awaitChanges(2);
				assertThat(first.status().message()).startsWith("Streaming");
				assertThat(first.quarantine()).isEqualTo(new Quarantine(0, OptionalLong.of(0)));
			}
			// While nobody reads.
			database.execute("INSERT INTO typed VALUES (3, ROW(3, 'ü \"(,)'), 'th\nree')",
					"UPDATE typed SET v = 'one more', p = ROW(1, 'c') WHERE id = 1", "DELETE FROM typed WHERE id = 2",
					"ALTER TYPE pair ADD ATTRIBUTE more int", "INSERT INTO typed VALUES (4, ROW(4, 'd', 5), 'four')",
					"UPDATE typed SET v = 'three' WHERE id = 3");
			Ingester second = capture.start();
			capture.awaitChanges(7);
			assertThat(second.status().message()).startsWith("Streaming");
			assertThat(database.query("""
					SELECT primary_key, operation, values, changed, unknown FROM bemi.changes ORDER BY id OFFSET 2"""))
				.containsExactly("3|CREATE|{\"v\": \"th\\nree\", \"id\": 3}|{}|{p}",
						"1|UPDATE|{\"v\": \"one more\", \"id\": 1}|{v}|{p}", "2|DELETE|{}|{}|{}",
						"4|CREATE|{\"p\": {\"n\": 4, \"t\": \"d\", \"more\": 5}, \"v\": \"four\", \"id\": 4}|{}|{}",
						"3|UPDATE|{\"p\": {\"n\": 3, \"t\": \"ü \\\"(,)\", \"more\": null}, \"v\": \"three\", \"id\": 3}|{v}|{p}");
			assertThat(database
				.query("""
						SELECT content::json ->> 'operation', content::json -> 'row' ->> 'p', content::json -> 'row' ->> 'v',
						       relation IS NOT NULL, error LIKE 'Expected %' FROM bemi.quarantine ORDER BY id"""))
				.containsExactly("CREATE|(3,\"ü \"\"(,)\")|th\nree|t|t", "UPDATE|(1,c)|one more|t|t");
			// With the type as it was the row comes back.
			database.execute("ALTER TYPE pair DROP ATTRIBUTE more");
			assertThat(database.query("""
					SELECT r.id, (r.p).n, (r.p).t, r.v FROM bemi.quarantine q,
					       json_populate_record(NULL::typed, q.content::json -> 'row') r ORDER BY q.id"""))
				.containsExactly("3|3|ü \"(,)|th\nree", "1|1|c|one more");
			awaitQuarantine(second, new Quarantine(2, OptionalLong.of(2)));
			// Another instance counts from its start, but knows what is there.
			Ingester third = capture.start();
			assertThat(third.quarantine()).isEqualTo(Quarantine.UNKNOWN);
			second.close();
			assertThat(second.quarantine()).isEqualTo(new Quarantine(2, OptionalLong.empty()));
			awaitQuarantine(third, new Quarantine(0, OptionalLong.of(2)));
		}
	}

	/** What is stored can be seen before it is counted. */
	private static void awaitQuarantine(Ingester ingester, Quarantine expected) {
		Awaitility.await().untilAsserted(() -> assertThat(ingester.quarantine()).isEqualTo(expected));
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aKeyThatNoIndexOfTheStoreHoldsStopsNothing(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("CREATE TABLE keyed (a text, b text, v text, PRIMARY KEY (a, b))",
					"ALTER PUBLICATION bemi ADD TABLE keyed");
			capture.start();
			// Nearly as much as an index of one key holds, and not to be compressed.
			String noise = "(SELECT string_agg(chr(19968 + ('x' || left(md5(i::text || '%s'), 4))::bit(16)::int %% 20000), '')"
					+ " FROM generate_series(1, 445) i)";
			database.execute("INSERT INTO keyed VALUES ('1', '1', 'short')",
					"INSERT INTO keyed SELECT " + noise.formatted("a") + ", " + noise.formatted("b") + ", 'long'",
					"UPDATE keyed SET v = 'longer' WHERE v = 'long'", "INSERT INTO keyed VALUES ('2', '2', 'next')",
					"DELETE FROM keyed WHERE v = 'longer'", "UPDATE keyed SET v = 'last' WHERE v = 'next'");
			capture.awaitChanges(6);
			assertThat(database
				.query("""
						SELECT operation, primary_key, values ->> 'v', cardinality(unknown) FROM bemi.changes ORDER BY id"""))
				.containsExactly("CREATE|[\"1\", \"1\"]|short|0", "CREATE|null|null|3", "UPDATE|null|null|3",
						"CREATE|[\"2\", \"2\"]|next|0", "DELETE|null|null|3", "UPDATE|[\"2\", \"2\"]|last|0");
			List<String> quarantined = database
				.query("""
						SELECT content::json ->> 'operation', content::json -> 'row' ->> 'v', length(coalesce(content::json -> 'row',
						       content::json -> 'old') ->> 'a') FROM bemi.quarantine ORDER BY id""");
			assertThat(quarantined).containsExactly("CREATE|long|445", "UPDATE|longer|445", "DELETE|null|445");
		}
	}

}
