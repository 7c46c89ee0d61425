package io.bemi.worker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.autoconfigure.ingestion.BemiIngestionProperties;
import io.bemi.autoconfigure.ingestion.StoreMetrics;
import io.bemi.autoconfigure.query.BemiQueryProperties;
import io.bemi.autoconfigure.store.BemiStoreProperties;
import io.bemi.autoconfigure.tracking.BemiTrackingProperties;
import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.SourceIngester;
import io.bemi.kafka.KafkaIngester;
import io.bemi.kafka.KafkaSettings;
import io.bemi.query.Changes;
import io.bemi.query.EntityTables;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.StoreUpkeep;
import io.bemi.tracking.ColumnRules;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the worker together.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ BemiWorkerProperties.class, BemiStoreProperties.class, BemiTrackingProperties.class,
		BemiIngestionProperties.class, BemiQueryProperties.class })
class WorkerConfiguration {

	@Bean
	StoreSettings bemiStoreSettings(BemiStoreProperties store) {
		String url = store.getUrl();
		if (url == null || url.isBlank()) {
			throw new WorkerConfigurationException("There is no store: 'bemi.store.url' is not set",
					"Set 'bemi.store.url', 'bemi.store.username' and 'bemi.store.password' to a PostgreSQL database,"
							+ " which may be empty");
		}
		return new StoreSettings(url, store.getUsername(), store.getPassword(), store.getSchema(),
				store.isTamperEvidence());
	}

	@Bean
	StoreMetrics bemiStoreMetrics() {
		return new StoreMetrics();
	}

	@Bean
	Worker bemiWorker(BemiWorkerProperties properties, StoreSettings store, BemiStoreProperties stored,
			BemiTrackingProperties tracking, BemiIngestionProperties ingestion, StoreMetrics metrics) {
		BaselineSettings baseline = new BaselineSettings(ingestion.getBaseline().getExclude());
		ColumnRules rules = rules(tracking);
		Set<String> skipRoles = Set.copyOf(tracking.getSkipRoles());
		RetentionSettings retention = retention(stored);
		Function<Source, SourceIngester> ingesters = (source) -> {
			ReplicationSource replication = new ReplicationSource(source.replication());
			PostgresChangeSink sink = new PostgresChangeSink(store, StoreUpkeep.keeping(retention));
			KafkaSettings kafka = source.kafka();
			return (kafka != null) ? new KafkaIngester(kafka, replication, store, sink, baseline, rules, metrics)
					: new Ingester(replication, sink, baseline, rules, skipRoles, metrics);
		};
		List<SourceReader> readers = Sources
			.of(properties.getDatabases(), tracking.getExclude(),
					tracking.getMode() == BemiTrackingProperties.Mode.AUTO)
			.stream()
			.map((source) -> new SourceReader(source, ingesters))
			.toList();
		return new Worker(store, name(properties), readers);
	}

	private static ColumnRules rules(BemiTrackingProperties tracking) {
		try {
			return tracking.rules();
		}
		catch (IllegalArgumentException ex) {
			throw new WorkerConfigurationException(String.valueOf(ex.getMessage()),
					"Correct 'bemi.tracking.columns' and 'bemi.tracking.ignore'");
		}
	}

	private static RetentionSettings retention(BemiStoreProperties store) {
		try {
			return store.getRetention().settings();
		}
		catch (IllegalArgumentException ex) {
			throw new WorkerConfigurationException(String.valueOf(ex.getMessage()), "Correct 'bemi.store.retention'");
		}
	}

	private static String name(BemiWorkerProperties properties) {
		String name = properties.getName();
		if (name != null) {
			return name;
		}
		String host;
		try {
			host = InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			host = "worker";
		}
		return host + "-" + ProcessHandle.current().pid();
	}

	@Bean
	CompositeHealthContributor bemiHealthContributor(Worker worker) {
		return WorkerHealth.of(worker);
	}

	@Bean
	WorkerMetrics bemiWorkerMetrics(Worker worker) {
		return new WorkerMetrics(worker);
	}

	@Bean
	WorkerEndpoint bemiWorkerEndpoint(Worker worker) {
		return new WorkerEndpoint(worker);
	}

	@Bean
	WorkerIngestion bemiWorkerIngestion(Worker worker) {
		return new WorkerIngestion(worker);
	}

	/**
	 * The history is asked on connections of its own, which wait for no source.
	 */
	@Bean(destroyMethod = "close")
	StoredHistory bemiStoredHistory(StoreSettings store) {
		return new StoredHistory(store);
	}

	@Bean
	Changes bemiChanges(StoredHistory history, StoreSettings store, BemiQueryProperties query) {
		return new JdbcChanges(history.dataSource(),
				new QuerySettings(store.schema(), query.getTimeout(), query.getAwaitTimeout()), EntityTables.NONE,
				null);
	}

	/**
	 * The connections of those who ask. Not a bean of type DataSource: nothing else is to
	 * find it.
	 */
	static final class StoredHistory {

		private final HikariDataSource dataSource;

		StoredHistory(StoreSettings store) {
			HikariConfig config = new HikariConfig();
			config.setPoolName("bemi-history");
			config.setJdbcUrl(store.url());
			config.setUsername(store.username());
			config.setPassword(store.password());
			config.setMaximumPoolSize(5);
			config.setMinimumIdle(0);
			// A store that is away does not keep the worker from starting.
			config.setInitializationFailTimeout(-1);
			this.dataSource = new HikariDataSource(config);
		}

		HikariDataSource dataSource() {
			return this.dataSource;
		}

		void close() {
			this.dataSource.close();
		}

	}

}
