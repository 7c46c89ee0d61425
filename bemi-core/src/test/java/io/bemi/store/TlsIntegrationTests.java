package io.bemi.store;

import java.time.Duration;
import java.util.List;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.Certificate;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stream and store are encrypted as their URLs say, and are not used otherwise.
 */
class TlsIntegrationTests {

	private static final String SESSIONS = """
			SELECT a.application_name, a.backend_type, s.ssl FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid)
			 WHERE a.application_name IN ('bemi-ingestion', 'bemi-store') ORDER BY 1, 2
			""";

	private static Ingester ingester(String source, String store) {
		Ingester ingester = new Ingester(
				new ReplicationSource(new ReplicationSettings(source, "postgres", "", "bemi_shop", "bemi")),
				new PostgresChangeSink(new StoreSettings(store, "postgres", "", "bemi")));
		ingester.start();
		return ingester;
	}

	private static String verified(TestDatabase database, Certificate authority) {
		return database.url() + "?sslmode=verify-full&sslrootcert=" + authority.file();
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void bothAreVerifiedAndEncrypted(int version) throws Exception {
		try (Certificate certificate = Certificate.of("localhost"); OwnServer server = server(version, certificate)) {
			TestDatabase database = server.database();
			History history = new History(database);
			Capture capture = Capture.on(database);
			String url = verified(database, certificate);
			try (Ingester ingester = ingester(url, url)) {
				History.awaitStreaming(ingester);
				history.record(capture, History.BEFORE, 2);
				// Larger than what the guard of the stream looks at.
				history.record(capture,
						"INSERT INTO todo SELECT 7, string_agg(md5(i::text), '') FROM generate_series(1, 100000) i", 1);
				assertThat(database.query(SESSIONS)).containsExactly("bemi-ingestion|client backend|t",
						"bemi-ingestion|walsender|t", "bemi-store|client backend|t");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void neitherIsUsedWhenItCannotBeVerified(int version) throws Exception {
		try (Certificate certificate = Certificate.of("localhost");
				Certificate other = Certificate.of("localhost");
				OwnServer server = server(version, certificate)) {
			TestDatabase database = server.database();
			Capture.on(database);
			String good = verified(database, certificate);
			String unknown = verified(database, other);
			String anotherHost = good.replace("localhost", "127.0.0.1");
			for (String bad : List.of(unknown, anotherHost)) {
				assertFails(database, ingester(bad, good));
				assertFails(database, ingester(good, bad));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aServerWithoutEncryptionIsNotUsedInPlace(int version) throws Exception {
		try (Certificate certificate = Certificate.of("localhost"); OwnServer server = OwnServer.start(version)) {
			TestDatabase database = server.database();
			Capture.on(database);
			String url = verified(database, certificate);
			assertFails(database, ingester(url, database.url()));
			assertFails(database, ingester(database.url(), url));
		}
	}

	/**
	 * It is tried again, and never goes through.
	 */
	private static void assertFails(TestDatabase database, Ingester ingester) {
		try (ingester) {
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> ingester.status().phase() == Phase.FAILED);
			Awaitility.await()
				.during(Duration.ofSeconds(2))
				.atMost(Duration.ofSeconds(10))
				.until(() -> ingester.status().phase() == Phase.FAILED);
			assertThat(ingester.status().message()).containsAnyOf("SSL", "certificat", "hostname");
			assertThat(database.query("SELECT to_regclass('bemi.change')")).containsExactly("null");
		}
	}

	private static OwnServer server(int version, Certificate certificate) {
		return OwnServer.start(version, "ssl", "on", "ssl_cert_file", certificate.file().toString(), "ssl_key_file",
				certificate.key().toString());
	}

}
