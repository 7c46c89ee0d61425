package io.bemi.connection;

import java.sql.SQLException;
import java.util.Map;

import org.postgresql.ds.PGSimpleDataSource;

/**
 * The configurations of the driver under which the proxy must not be seen.
 */
enum DriverSettings {

	DEFAULTS(Map.of()),

	THRESHOLD_OFF(Map.of("prepareThreshold", "0")),

	THRESHOLD_1(Map.of("prepareThreshold", "1")),

	THRESHOLD_FORCED(Map.of("prepareThreshold", "-1")),

	SIMPLE(Map.of("preferQueryMode", "simple")),

	EXTENDED_FOR_PREPARED(Map.of("preferQueryMode", "extendedForPrepared")),

	EXTENDED_CACHE_EVERYTHING(Map.of("preferQueryMode", "extendedCacheEverything")),

	TEXT_TRANSFER(Map.of("binaryTransfer", "false")),

	NO_STATEMENT_CACHE(Map.of("preparedStatementCacheQueries", "0")),

	FETCH_SIZE(Map.of("defaultRowFetchSize", "2")),

	REWRITTEN_BATCHES(Map.of("reWriteBatchedInserts", "true")),

	UNSPECIFIED_STRINGS(Map.of("stringtype", "unspecified")),

	AUTOSAVE(Map.of("autosave", "always")),

	AUTOSAVE_CLEANUP(Map.of("autosave", "always", "cleanupSavepoints", "true")),

	CONSERVATIVE(Map.of("autosave", "conservative")),

	CONSERVATIVE_CLEANUP(Map.of("autosave", "conservative", "cleanupSavepoints", "true")),

	COMBINED(Map.of("prepareThreshold", "1", "defaultRowFetchSize", "2", "reWriteBatchedInserts", "true", "autosave",
			"always"));

	private final Map<String, String> properties;

	DriverSettings(Map<String, String> properties) {
		this.properties = properties;
	}

	boolean isAutosave() {
		return this.properties.containsKey("autosave");
	}

	boolean rewrites() {
		return this.properties.containsKey("reWriteBatchedInserts");
	}

	void apply(PGSimpleDataSource dataSource) throws SQLException {
		for (Map.Entry<String, String> property : this.properties.entrySet()) {
			dataSource.setProperty(property.getKey(), property.getValue());
		}
	}

}
