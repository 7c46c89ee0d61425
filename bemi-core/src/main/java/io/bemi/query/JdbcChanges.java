package io.bemi.query;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import io.bemi.change.Change;
import io.bemi.connection.ReadScope;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * Reads the history in a store.
 */
public final class JdbcChanges implements Changes {

	private static final String ISOLATION = "SELECT pg_catalog.current_setting('transaction_isolation')";

	private final DataSource dataSource;

	private final QuerySettings settings;

	private final JdbcReader reader;

	private final @Nullable IngestionBarrier barrier;

	private final QuestionObserver observer;

	/**
	 * Creates an entry to a store, which knows no entities and cannot be waited for.
	 * @param dataSource connections to the store's database
	 * @param schema the store's schema
	 */
	public JdbcChanges(DataSource dataSource, String schema) {
		this(dataSource, QuerySettings.of(schema), EntityTables.NONE, null);
	}

	/**
	 * Creates an entry to a store.
	 * @param dataSource connections to the store's database
	 * @param settings how it is read
	 * @param entities where the application's entities are
	 * @param barrier knows what was committed; {@code null} when ingestion cannot be
	 * waited for
	 */
	public JdbcChanges(DataSource dataSource, QuerySettings settings, EntityTables entities,
			@Nullable IngestionBarrier barrier) {
		this(dataSource, settings, entities, barrier, QuestionObserver.NONE);
	}

	/**
	 * Creates an entry to a store.
	 * @param dataSource connections to the store's database
	 * @param settings how it is read
	 * @param entities where the application's entities are
	 * @param barrier knows what was committed; {@code null} when ingestion cannot be
	 * waited for
	 * @param observer is around each question
	 */
	public JdbcChanges(DataSource dataSource, QuerySettings settings, EntityTables entities,
			@Nullable IngestionBarrier barrier, QuestionObserver observer) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		this.dataSource = dataSource;
		this.settings = settings;
		this.reader = new JdbcReader(dataSource, settings, entities);
		this.barrier = barrier;
		this.observer = observer;
	}

	@Override
	public ChangeQuery query() {
		return new ChangeQuery(new ObservedReader(this.reader, this.observer));
	}

	@Override
	public Optional<Change> find(String id) {
		List<Change> found = this.observer.observe("find",
				() -> this.reader.list(List.of(Conditions.change(id)), Order.NEWEST_FIRST, 1));
		return found.stream().filter((change) -> change.id().equals(id)).findFirst();
	}

	@Override
	public List<KnownTable> tables() {
		return this.reader.state().tables();
	}

	@Override
	public HistoryState state() {
		return this.reader.state().read();
	}

	@Override
	public void awaitIngested() {
		awaitIngested(this.settings.awaitTimeout());
	}

	@Override
	public void awaitIngested(Duration timeout) {
		if (this.barrier == null) {
			throw new IllegalStateException("Ingestion cannot be waited for: nothing tells which database is recorded."
					+ " Set 'bemi.replication.url'");
		}
		refuseTransaction();
		this.barrier.await(this.dataSource, this.settings.schema(), timeout);
	}

	private void refuseTransaction() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			return;
		}
		if (!TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			throw new IllegalStateException("Ingestion must not be waited for within a transaction: what it has written"
					+ " is not committed yet. Wait after it");
		}
		if (ReadScope.current() == null && TransactionSynchronizationManager.hasResource(this.dataSource)) {
			String isolation = new JdbcTemplate(this.dataSource).queryForObject(ISOLATION, String.class);
			if (!"read committed".equals(isolation) && !"read uncommitted".equals(isolation)) {
				throw new IllegalStateException(
						"Ingestion must not be waited for within a transaction in isolation level '" + isolation
								+ "': it goes on reading the history as it was when it began. Wait before it");
			}
		}
	}

}
