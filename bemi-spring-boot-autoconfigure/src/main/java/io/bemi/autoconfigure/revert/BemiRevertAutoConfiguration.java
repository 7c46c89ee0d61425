package io.bemi.autoconfigure.revert;

import javax.sql.DataSource;

import io.bemi.autoconfigure.observation.BemiObservationAutoConfiguration;
import io.bemi.autoconfigure.observation.Observations;
import io.bemi.autoconfigure.timetravel.BemiTimeTravelAutoConfiguration;
import io.bemi.query.Changes;
import io.bemi.revert.JdbcReverter;
import io.bemi.revert.RevertAuthorizer;
import io.bemi.revert.RevertListener;
import io.bemi.revert.Reverter;
import io.bemi.timetravel.TimeTravel;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of reverts.
 */
@AutoConfiguration(after = { BemiObservationAutoConfiguration.class, BemiTimeTravelAutoConfiguration.class })
@ConditionalOnBean({ Changes.class, TimeTravel.class })
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties(BemiRevertProperties.class)
public final class BemiRevertAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Reverter bemiReverter(BemiRevertProperties properties, DataSource dataSource, Changes changes,
			TimeTravel timeTravel, ObjectProvider<RevertAuthorizer> authorizers,
			ObjectProvider<RevertListener> listeners, ObjectProvider<Observations> observations) {
		Reverter reverter = new JdbcReverter(dataSource, changes, timeTravel, properties.getMaxChanges(),
				() -> authorizers.orderedStream().toList(), () -> listeners.orderedStream().toList());
		Observations observing = observations.getIfAvailable();
		return (observing != null) ? new ObservedReverter(reverter, observing) : reverter;
	}

	@Bean
	RevertEvents bemiRevertEvents(ApplicationEventPublisher publisher) {
		return new RevertEvents(publisher);
	}

}
