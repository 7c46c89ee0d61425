package io.bemi.autoconfigure.actuator;

import java.util.List;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.autoconfigure.ingestion.BemiIngestionAutoConfiguration;
import io.bemi.autoconfigure.ingestion.BemiIngestionProperties;
import io.bemi.autoconfigure.query.BemiQueryAutoConfiguration;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.autoconfigure.store.BemiStoreProperties;
import io.bemi.autoconfigure.tracking.BemiTrackingAutoConfiguration;
import io.bemi.autoconfigure.tracking.BemiTrackingInstaller;
import io.bemi.autoconfigure.tracking.BemiTrackingProperties;
import io.bemi.query.Changes;
import io.bemi.store.chain.ChainVerifier;
import io.bemi.tracking.TrackingReport;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the endpoint {@code bemi} of the actuator. Its classes are the
 * same on each Boot line.
 */
@AutoConfiguration(after = { BemiIngestionAutoConfiguration.class, BemiQueryAutoConfiguration.class,
		BemiTrackingAutoConfiguration.class })
@ConditionalOnClass(name = { "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
		"org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint" })
@ConditionalOnBean(BemiIngestion.class)
public final class BemiActuatorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = BemiEndpoint.class)
	BemiEndpoint bemiEndpoint(BemiIngestion ingestion, SourceDetailsResolver source, BemiStoreProperties store,
			BemiIngestionProperties properties, ObjectProvider<BemiTrackingProperties> tracking,
			ObjectProvider<BemiTrackingInstaller> installer, ObjectProvider<Changes> changes,
			ObjectProvider<ChainVerifier> verifier) {
		return new BemiEndpoint(ingestion, () -> report(installer.getIfAvailable()),
				() -> changes.stream().findFirst().map((found) -> found.state().gaps()).orElseGet(List::of),
				new EffectiveSettings(tracking, source, properties, store), verifier::getIfAvailable);
	}

	private static @Nullable TrackingReport report(@Nullable BemiTrackingInstaller installer) {
		return (installer != null) ? installer.report().orElse(null) : null;
	}

}
