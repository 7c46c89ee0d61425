package io.bemi.worker;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.SourceIngester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * A worker that had no memory for a moment goes on.
 */
class WorkerErrorIntegrationTests {

	@Test
	void whatCouldNotBeStartedIsTakenAgain() {
		SourceIngester ingester = mock();
		given(ingester.status()).willReturn(new IngestionStatus(Phase.STREAMING, "Streaming", null));
		Source source = new Source("shop", null,
				new ReplicationSettings("jdbc:postgresql://db/shop", "bemi", "s3cret", "bemi_shop", "bemi"), null,
				null);
		AtomicInteger attempts = new AtomicInteger();
		SourceReader reader = new SourceReader(source, (any) -> {
			if (attempts.incrementAndGet() == 1) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			return ingester;
		});
		PostgresServer server = PostgresServer.shared();
		try (TestDatabase store = server.createDatabase()) {
			Worker worker = new Worker(new StoreSettings(store.url(), server.username(), server.password(), "bemi"),
					"worker", List.of(reader));
			worker.start();
			try {
				Awaitility.await().until(() -> reader.ingestion().isRunning());
				assertThat(attempts).hasValue(2);
				assertThat(reader.isHeld()).isTrue();
				assertThat(reader.message()).isEqualTo("Streaming");
				assertThat(reader.problem()).isNull();
			}
			finally {
				worker.stop();
			}
		}
	}

	@Test
	void aGroupThatCouldNotBeStartedIsStartedAgain() {
		SourceIngester ingester = mock();
		given(ingester.status()).willReturn(new IngestionStatus(Phase.STREAMING, "Streaming", null));
		PostgresServer server = PostgresServer.shared();
		try (TestDatabase shop = server.createDatabase()) {
			shop.execute("CREATE TABLE todo (id int PRIMARY KEY)");
			Source source = new Source("shop", "rest",
					new ReplicationSettings(shop.url(), server.username(), server.password(), "bemi_shop", "bemi"),
					new TrackingSettings("app", List.of("*"), List.of(), "bemi"), null);
			AtomicInteger attempts = new AtomicInteger();
			SourceReader reader = new SourceReader(source, (any) -> {
				if (attempts.incrementAndGet() == 1) {
					throw new OutOfMemoryError("unable to create native thread");
				}
				return ingester;
			});
			reader.start();
			try {
				Awaitility.await()
					.until(reader::problem, "Group 'shop/rest' cannot be read: unable to create native thread"::equals);
				Awaitility.await().until(() -> reader.ingestion().isRunning());
				assertThat(attempts).hasValue(2);
				assertThat(reader.problem()).isNull();
			}
			finally {
				reader.stop();
			}
		}
	}

}
