package io.bemi.autoconfigure.actuator;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.bemi.autoconfigure.ingestion.BemiIngestionProperties;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.autoconfigure.store.BemiStoreProperties;
import io.bemi.autoconfigure.tracking.BemiTrackingProperties;
import io.bemi.replication.ReplicationSettings;

import org.springframework.beans.factory.ObjectProvider;

/**
 * The settings that count, by the names of their properties. URLs, users and passwords
 * are left out.
 */
final class EffectiveSettings implements Supplier<Map<String, Object>> {

	private final ObjectProvider<BemiTrackingProperties> tracking;

	private final SourceDetailsResolver source;

	private final BemiIngestionProperties ingestion;

	private final BemiStoreProperties store;

	EffectiveSettings(ObjectProvider<BemiTrackingProperties> tracking, SourceDetailsResolver source,
			BemiIngestionProperties ingestion, BemiStoreProperties store) {
		this.tracking = tracking;
		this.source = source;
		this.ingestion = ingestion;
		this.store = store;
	}

	@Override
	public Map<String, Object> get() {
		Map<String, Object> settings = new LinkedHashMap<>();
		this.tracking.ifAvailable((properties) -> {
			settings.put("bemi.tracking.mode", properties.getMode().name().toLowerCase(Locale.ROOT));
			settings.put("bemi.tracking.include", properties.getInclude());
			settings.put("bemi.tracking.exclude", properties.getExclude());
			settings.put("bemi.tracking.columns.exclude", properties.getColumns().getExclude());
			settings.put("bemi.tracking.columns.mask", properties.getColumns().getMask());
			settings.put("bemi.tracking.ignore", properties.getIgnore());
			settings.put("bemi.tracking.skip-roles", properties.getSkipRoles());
			settings.put("bemi.tracking.sql-comments", properties.isSqlComments());
		});
		Optional<ReplicationSettings> replication = this.source.settings();
		replication.ifPresent((found) -> {
			settings.put("bemi.replication.slot", found.slot());
			settings.put("bemi.replication.publication", found.publication());
		});
		settings.put("bemi.ingestion.baseline.exclude", this.ingestion.getBaseline().getExclude());
		settings.put("bemi.store.schema", this.store.getSchema());
		return settings;
	}

}
