package io.bemi.autoconfigure.ingestion;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.autoconfigure.store.StoreDetailsResolver;
import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionListener;
import io.bemi.ingestion.SourceIngester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.StoreUpkeep;
import io.bemi.tracking.ColumnRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the ingester of an application's own database, once it is to start.
 *
 * @param source tells where the log is read from
 * @param store tells where changes are stored
 * @param baseline which rows are copied that are there already
 * @param rules which columns are recorded
 * @param skipRoles roles whose transactions may be left out
 * @param listeners are told what is stored
 */
record ApplicationIngester(SourceDetailsResolver source, StoreDetailsResolver store, BaselineSettings baseline,
		Supplier<ColumnRules> rules, Set<String> skipRoles,
		Supplier<List<IngestionListener>> listeners) implements Supplier<Optional<SourceIngester>> {

	private static final Logger logger = LoggerFactory.getLogger(BemiIngestion.class);

	@Override
	public Optional<SourceIngester> get() {
		Optional<ReplicationSettings> replication = this.source.settings();
		Optional<StoreSettings> settings = this.store.settings();
		if (replication.isEmpty() || settings.isEmpty()) {
			return Optional.empty();
		}
		return Optional.of(new Ingester(new ReplicationSource(replication.get()),
				new PostgresChangeSink(settings.get(), StoreUpkeep.keeping(retention())), this.baseline, columnRules(),
				this.skipRoles, new IngestionListeners(this.listeners.get())));
	}

	/**
	 * Changes are recorded all the same when nobody knows for how long.
	 */
	private RetentionSettings retention() {
		try {
			return this.store.retention();
		}
		catch (IllegalArgumentException ex) {
			logger.warn("Nothing is dropped from the history: {}", ex.getMessage());
			return RetentionSettings.FOREVER;
		}
	}

	private ColumnRules columnRules() {
		try {
			ColumnRules columns = this.rules.get();
			if (!columns.isEmpty()) {
				logger.info("Columns are recorded by rules: {}", columns);
			}
			return columns;
		}
		catch (IllegalArgumentException ex) {
			throw new RefusedRulesException(ex);
		}
	}

}
