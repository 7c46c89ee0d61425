package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;

/**
 * Bemi's ingesters of one store, one for each slot.
 */
final class Ingesters implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private final List<Ingester> ingesters = new ArrayList<>();

	/** To the store. */
	private final Connection connection;

	private Ingesters(Connection connection) {
		this.connection = connection;
	}

	/**
	 * Starts them, and does not wait.
	 * @param server where the store is
	 * @param store its database
	 * @param sources the slots
	 */
	static Ingesters start(IngestServer server, String store, List<ReplicationSettings> sources) throws SQLException {
		Ingesters started = new Ingesters(server.connect(store));
		for (ReplicationSettings source : sources) {
			Ingester ingester = new Ingester(new ReplicationSource(source),
					new PostgresChangeSink(new StoreSettings(server.url(store), "postgres", "", "bemi")));
			started.ingesters.add(ingester);
			ingester.start();
		}
		return started;
	}

	void awaitStreaming() throws InterruptedException {
		await(() -> this.ingesters.stream().allMatch((ingester) -> ingester.status().phase() == Phase.STREAMING));
	}

	void awaitBaselines() throws InterruptedException {
		await(() -> this.ingesters.stream().allMatch((ingester) -> ingester.baseline().isComplete()));
	}

	/**
	 * Waits until the store has everything up to a position, through all slots.
	 */
	void awaitStored(String position) throws SQLException, InterruptedException {
		String question = "SELECT min(position) >= '" + position + "' FROM bemi.source";
		try (Statement statement = this.connection.createStatement()) {
			await(() -> "t".equals(answer(statement, question)));
		}
	}

	private static String answer(Statement statement, String question) {
		try {
			return IngestServer.query(statement, question);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void await(BooleanSupplier condition) throws InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > deadline
					|| this.ingesters.stream().anyMatch((ingester) -> ingester.status().phase() == Phase.FAILED)) {
				throw new IllegalStateException(
						"Nothing more is stored: " + this.ingesters.stream().map(Ingester::status).toList());
			}
			Thread.sleep(1);
		}
	}

	@Override
	public void close() throws SQLException {
		this.ingesters.forEach(Ingester::close);
		this.connection.close();
	}

}
