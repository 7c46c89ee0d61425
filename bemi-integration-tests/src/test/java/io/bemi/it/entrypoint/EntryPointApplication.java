package io.bemi.it.entrypoint;

import java.util.Map;

import io.bemi.context.ContextProvider;
import io.bemi.it.support.WebSecurity;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * An application with all the entry points.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@EnableScheduling
@Import({ WebSecurity.class, Writes.class, Requests.class, EventsController.class })
@ComponentScan(useDefaultFilters = false,
		includeFilters = @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = EntryPointRow.class))
class EntryPointApplication {

	@Bean
	ContextProvider tenant() {
		return (request) -> Map.of("tenant", "acme");
	}

}
