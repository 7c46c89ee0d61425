package io.bemi.benchmarks.source;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.benchmarks.process.Child;
import io.bemi.benchmarks.process.ProcessTimes;
import io.bemi.connection.BemiDataSource;
import io.bemi.query.IngestionBarrier;
import io.bemi.replication.ReplicationSettings;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.jspecify.annotations.Nullable;

/**
 * One side: a server with the bank's tables, its way to audit, and connections to it.
 */
final class AuditedSource implements AutoCloseable {

	private static final String TRIGGER = """
			CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, relation text NOT NULL, record text,
			    operation text NOT NULL, before jsonb, after jsonb, transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
			    changed_by text NOT NULL DEFAULT current_user, changed_at timestamptz NOT NULL DEFAULT now());
			CREATE INDEX ON audit (relation, record, id);
			CREATE INDEX ON audit (changed_at);
			CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN
				INSERT INTO audit (relation, record, operation, before, after)
				VALUES (TG_TABLE_NAME, coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> 'id', TG_OP, to_jsonb(OLD), to_jsonb(NEW));
				RETURN NULL;
			END $$;
			CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION audit();
			CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tellers FOR EACH ROW EXECUTE FUNCTION audit();
			CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON branches FOR EACH ROW EXECUTE FUNCTION audit();
			CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION audit()
			""";

	/** What is recorded, and of how much of it the context is known. */
	private static final String RECORDED = """
			SELECT count(*) FROM bemi.change c JOIN bemi.context x
			    ON x.source = c.source AND x.position = c.position AND x.number = c.context
			 WHERE c.operation <> 'B' AND x.metadata ->> 'user' = 'alice@example.com'
			""";

	private static final String COPIED = "SELECT count(*) FROM bemi.change WHERE operation = 'B'";

	private static final Duration LONGEST_DRAIN = Duration.ofMinutes(2);

	private final SourceSide side;

	private final SourceServer source;

	private final SourceServer store;

	private final HikariDataSource pool;

	private final @Nullable Child ingester;

	private long transactions;

	private AuditedSource(SourceSide side, SourceServer source, SourceServer store, @Nullable Child ingester) {
		this.side = side;
		this.source = source;
		this.store = store;
		this.ingester = ingester;
		HikariConfig config = new HikariConfig();
		config.setDataSource(source.database());
		config.setMaximumPoolSize(BankLoad.CLIENTS);
		this.pool = new HikariDataSource(config);
	}

	static AuditedSource start(SourceSide side) throws IOException, SQLException {
		SourceServer source = SourceServer.start();
		source.execute(BankLoad.TABLES);
		SourceServer store = source;
		Child ingester = null;
		if (side == SourceSide.TRIGGER) {
			source.execute(TRIGGER);
		}
		if (side == SourceSide.OTHER) {
			store = SourceServer.start();
		}
		if (side.ingests()) {
			try (Connection connection = source.database().getConnection()) {
				new Tracking(TrackingSettings.everything("bank")).track(connection);
			}
			ingester = Child.start(IngesterProcess.class, source.url(), store.url());
			ingester.answer();
		}
		source.execute("VACUUM (ANALYZE)");
		AuditedSource audited = new AuditedSource(side, source, store, ingester);
		audited.drain();
		audited.awaitBaseline();
		return audited;
	}

	/**
	 * Waits until the rows that were there before are copied.
	 */
	private void awaitBaseline() throws SQLException {
		long deadline = System.nanoTime() + LONGEST_DRAIN.toNanos();
		while (this.side.ingests() && this.store.count(COPIED) < BankLoad.ROWS) {
			if (System.nanoTime() - deadline > 0) {
				throw new IllegalStateException("The rows that were there before are not copied");
			}
			LockSupport.parkNanos(100_000_000);
		}
	}

	/**
	 * Runs the load, and waits until all of it is stored.
	 */
	SourceRound run(double rate, double seconds)
			throws IOException, SQLException, InterruptedException, ExecutionException {
		SourceUsage before = usage();
		DataSource dataSource = this.side.ingests() ? new BemiDataSource(this.pool) : this.pool;
		BankLoad.Result result = BankLoad.run(dataSource, this.side.ingests(), rate, seconds);
		this.transactions += result.latencies().size();
		double lag = drain();
		return new SourceRound(result.perSecond(), result.p95(), lag, usage().since(before, result.latencies().size()));
	}

	/**
	 * Waits until everything is stored.
	 * @return how many seconds that took
	 */
	private double drain() {
		long begun = System.nanoTime();
		if (this.ingester != null) {
			new IngestionBarrier(this.source.database(), ReplicationSettings.slotOf("postgres"))
				.await(this.store.database(), "bemi", LONGEST_DRAIN);
		}
		return (System.nanoTime() - begun) / 1e9;
	}

	private SourceUsage usage() throws IOException, SQLException {
		return new SourceUsage(this.source.seconds(), (this.store != this.source) ? this.store.seconds() : 0,
				(this.ingester != null) ? ProcessTimes.of(this.ingester.pid()) : 0, this.source.logBytes());
	}

	/**
	 * That every change was recorded, with its context where it is Bemi.
	 */
	void check() throws SQLException {
		long expected = (this.side == SourceSide.PLAIN) ? 0 : this.transactions * BankLoad.CHANGES;
		long recorded = switch (this.side) {
			case PLAIN -> 0;
			case TRIGGER -> this.source.count("SELECT count(*) FROM audit");
			case OTHER, SAME -> this.store.count(RECORDED);
		};
		if (recorded != expected) {
			throw new IllegalStateException(
					this.side.title() + " has recorded " + recorded + " of " + expected + " changes");
		}
	}

	@Override
	public void close() throws IOException {
		this.pool.close();
		if (this.ingester != null) {
			this.ingester.close();
		}
		for (SourceServer server : (this.store != this.source) ? List.of(this.source, this.store)
				: List.of(this.source)) {
			server.close();
		}
	}

}
