package io.bemi.benchmarks.source;

import java.io.IOException;
import java.time.Duration;

import io.bemi.benchmarks.process.Child;
import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;

/**
 * Ingestion in a JVM of its own, so that its processor time can be told.
 */
final class IngesterProcess {

	private IngesterProcess() {
	}

	public static void main(String[] arguments) throws IOException, InterruptedException {
		try (Ingester ingester = new Ingester(
				new ReplicationSource(new ReplicationSettings(arguments[0], "postgres", "",
						ReplicationSettings.slotOf("postgres"), "bemi")),
				new PostgresChangeSink(new StoreSettings(arguments[1], "postgres", "", "bemi")))) {
			ingester.start();
			if (!ingester.awaitSettled(Duration.ofMinutes(1))) {
				throw new IllegalStateException("Ingestion does not begin: " + ingester.status());
			}
			Child.obey((order) -> ingester.status());
		}
	}

}
