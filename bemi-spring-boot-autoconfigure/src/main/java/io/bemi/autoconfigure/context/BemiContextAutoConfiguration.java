package io.bemi.autoconfigure.context;

import java.util.EnumSet;

import io.bemi.context.ContextMeter;
import io.bemi.context.ContextProvider;
import io.bemi.context.ContextWriter;
import io.bemi.context.TraceSource;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.Tracer;
import jakarta.persistence.EntityManager;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * {@link AutoConfiguration Auto-configuration} for the context of web requests and of
 * scopes.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BemiContextProperties.class)
@ImportRuntimeHints(ContextRuntimeHints.class)
public final class BemiContextAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ContextWriter bemiContextWriter(BemiContextProperties properties, ObjectProvider<TraceSource> traces,
			ObjectProvider<ContextMeter> meter) {
		long maxSize = Math.min(properties.getMaxSize().toBytes(), Integer.MAX_VALUE);
		return new ContextWriter(properties.getOnError(), (int) maxSize, properties.getMask(),
				traces.getIfUnique(() -> TraceSource.NONE), meter.getIfUnique(() -> ContextMeter.NONE));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ EntityManager.class, EntityManagerHolder.class })
	@ConditionalOnProperty(name = "bemi.context.flush", matchIfMissing = true)
	static class JpaConfiguration {

		// Nobody asks for it.
		@Bean
		@Lazy(false)
		PersistenceContextFlush bemiPersistenceContextFlush() {
			return new PersistenceContextFlush();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Tracer.class)
	static class TracingConfiguration {

		@Bean
		@ConditionalOnMissingBean(TraceSource.class)
		MicrometerTraceSource bemiTraceSource(ObjectProvider<Tracer> tracer) {
			return new MicrometerTraceSource(tracer);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		@ConditionalOnMissingBean(ContextMeter.class)
		ContextMetrics bemiContextMetrics() {
			return new ContextMetrics();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass({ Filter.class, OncePerRequestFilter.class, FilterRegistrationBean.class })
	static class ServletConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "bemiContextFilter")
		FilterRegistrationBean<BemiContextFilter> bemiContextFilter(ObjectProvider<ContextProvider> providers,
				ContextWriter writer) {
			FilterRegistrationBean<BemiContextFilter> registration = new FilterRegistrationBean<>(
					new BemiContextFilter(() -> providers.orderedStream().toList(), writer));
			registration
				.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
			registration.setOrder(BemiContextFilter.ORDER);
			return registration;
		}

	}

}
