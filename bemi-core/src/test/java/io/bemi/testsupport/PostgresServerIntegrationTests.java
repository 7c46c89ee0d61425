package io.bemi.testsupport;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostgresServer}.
 */
class PostgresServerIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void startsEveryVersion(int version) {
		try (TestDatabase database = PostgresServer.version(version).createDatabase()) {
			assertThat(database.query("SELECT current_setting('server_version_num')::int / 10000"))
				.containsExactly(String.valueOf(version));
			assertThat(database.query("SHOW wal_level")).containsExactly("logical");
		}
	}

}
