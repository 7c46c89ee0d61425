package io.bemi.memory;

import java.time.Duration;

import io.bemi.testsupport.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A value that no {@code jsonb} can hold stops nothing. It takes long, so it is part of
 * the long form only; {@code QuarantineIntegrationTests} has rows that are refused for
 * other reasons.
 */
@EnabledIfSystemProperty(named = "bemi.soak", matches = "true")
class LongValueIntegrationTests {

	private static final int LENGTH = 257 << 20;

	@Test
	void aStringThatIsTooLongForJsonbIsInQuarantine() throws Exception {
		try (SmallHeap heap = SmallHeap.of("700m", PostgresServer.DEFAULT_VERSION,
				"CREATE TABLE document (id bigint PRIMARY KEY, body text)")) {
			heap.record("A string of 257 MB", Duration.ofMinutes(20),
					"INSERT INTO document SELECT i, repeat('x', CASE i WHEN 2 THEN " + LENGTH
							+ " ELSE 1 END) FROM generate_series(1, 3) i");
			assertThat(heap
				.query("""
						SELECT primary_key, values ->> 'body', unknown FROM bemi.changes WHERE "table" = 'document' ORDER BY id
						"""))
				.containsExactly("1|x|{}", "2|null|{id,body}", "3|x|{}");
			assertThat(heap.query("SELECT length(content), content LIKE '{\"operation\": \"CREATE\", %', error"
					+ " FROM bemi.quarantine"))
				.singleElement()
				.asString()
				.startsWith(String.valueOf(LENGTH + 91))
				.contains("|t|")
				.containsIgnoringCase("too long");
		}
	}

}
