package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;

import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SlotInUseException;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A claim lasts as long as its process runs.
 */
class ClaimIntegrationTests {

	@Test
	void lastsLongerThanTheServerWaits() throws Exception {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			PostgresServer server = database.server();
			ReplicationSource source = new ReplicationSource(
					new ReplicationSettings(database.url(), server.username(), server.password(), "claimed", "bemi"));
			try (Connection first = source.connect();
					Statement statement = first.createStatement();
					Connection second = source.connect()) {
				Claim claim = Claim.of(source, first);
				statement.execute("SET idle_session_timeout = '12s'");
				Awaitility.await()
					.pollDelay(Duration.ofSeconds(14))
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(first.isValid(5)).isTrue());
				assertThatExceptionOfType(SlotInUseException.class).isThrownBy(() -> Claim.of(source, second));
				claim.release();
				Claim.of(source, second).release();
			}
		}
	}

}
