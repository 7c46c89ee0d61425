package io.bemi.dashboard.autoconfigure;

import java.util.List;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.autoconfigure.tracking.BemiTrackingInstaller;
import io.bemi.dashboard.DashboardAudit;
import io.bemi.dashboard.DashboardAuthorizer;
import io.bemi.dashboard.DashboardMask;
import io.bemi.dashboard.DashboardRowFilter;
import io.bemi.dashboard.api.Api;
import io.bemi.dashboard.api.CsrfTokens;
import io.bemi.dashboard.api.Failures;
import io.bemi.dashboard.api.History;
import io.bemi.dashboard.api.Ingestion;
import io.bemi.dashboard.http.Access;
import io.bemi.dashboard.http.DashboardFilter;
import io.bemi.dashboard.http.PageResources;
import io.bemi.dashboard.http.Route;
import io.bemi.dashboard.live.LiveChanges;
import io.bemi.query.Changes;
import io.bemi.revert.Reverter;
import io.bemi.timetravel.TimeTravel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.ClassUtils;

/**
 * Auto-configuration of the dashboard.
 */
@AutoConfiguration(afterName = { "io.bemi.autoconfigure.ingestion.BemiIngestionAutoConfiguration",
		"io.bemi.autoconfigure.query.BemiQueryAutoConfiguration",
		"io.bemi.autoconfigure.revert.BemiRevertAutoConfiguration",
		"io.bemi.autoconfigure.timetravel.BemiTimeTravelAutoConfiguration",
		"io.bemi.autoconfigure.tracking.BemiTrackingAutoConfiguration" })
@ConditionalOnProperty(name = "bemi.dashboard.enabled", havingValue = "true")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Changes.class)
@EnableConfigurationProperties(BemiDashboardProperties.class)
@ImportRuntimeHints(DashboardRuntimeHints.class)
public final class BemiDashboardAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(BemiDashboardAutoConfiguration.class);

	private static final String SECURITY = "org.springframework.security.web.FilterChainProxy";

	private static final String PATH = "(/[A-Za-z0-9_-]+)+";

	@Bean
	LiveChanges bemiDashboardLiveChanges(Changes changes) {
		return new LiveChanges(changes);
	}

	@Bean
	FilterRegistrationBean<DashboardFilter> bemiDashboard(BemiDashboardProperties properties, Changes changes,
			LiveChanges live, ObjectProvider<TimeTravel> travel, ObjectProvider<Reverter> reverter,
			ObjectProvider<Ingestion> ingestion, ObjectProvider<CsrfTokens> tokens, ObjectProvider<DashboardMask> masks,
			ObjectProvider<DashboardRowFilter> rows, ObjectProvider<DashboardAuthorizer> authorizers,
			ObjectProvider<DashboardAudit> audits, ApplicationContext context) {
		boolean secured = ClassUtils.isPresent(SECURITY, context.getClassLoader());
		Access access = secured ? Access.byRole(properties.getReadRole(), properties.getRevertRole()) : Access.open();
		History history = new History(changes, () -> masks.orderedStream().toList(),
				() -> rows.orderedStream().toList());
		List<Route> routes = Api.routes(changes, history, travel.getIfAvailable(), reverter.getIfAvailable(), live,
				ingestion.getIfAvailable(() -> Ingestion.ELSEWHERE), access, () -> authorizers.orderedStream().toList(),
				tokens.getIfAvailable(() -> (request) -> null),
				context.getEnvironment().getProperty("spring.application.name", "application"),
				properties.getTraceUrl());
		String path = path(properties);
		DashboardFilter filter = new DashboardFilter(path, routes, new PageResources(), access,
				() -> audits.orderedStream().toList(), Failures::problem,
				() -> authorizers.orderedStream().findAny().isPresent());
		FilterRegistrationBean<DashboardFilter> registration = new FilterRegistrationBean<>(filter);
		registration.addUrlPatterns(path, path + "/*");
		registration.setName("bemiDashboard");
		registration.setEnabled(isServed(properties, secured));
		return registration;
	}

	private static boolean isServed(BemiDashboardProperties properties, boolean secured) {
		boolean open = properties.getAccess() == BemiDashboardProperties.Access.OPEN;
		if (!secured && !open) {
			logger.warn("The dashboard is not served: there is no Spring Security to say who may use it. Add it, or set"
					+ " 'bemi.dashboard.access=open' if whoever reaches the application may read and revert everything");
			return false;
		}
		if (secured && open) {
			logger.warn(
					"'bemi.dashboard.access=open' has no effect: with Spring Security the roles '{}' and '{}' count",
					properties.getReadRole(), properties.getRevertRole());
		}
		return true;
	}

	private static String path(BemiDashboardProperties properties) {
		String path = properties.getPath();
		if (!path.matches(PATH)) {
			throw new IllegalArgumentException("'bemi.dashboard.path' must begin with a slash and not end with one, as"
					+ " in '/bemi', but is '" + path + "'");
		}
		return path;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.security.web.csrf.CsrfToken")
	static class CsrfConfiguration {

		@Bean
		@ConditionalOnMissingBean(CsrfTokens.class)
		SpringCsrfTokens bemiDashboardCsrfTokens() {
			return new SpringCsrfTokens();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "io.bemi.autoconfigure.ingestion.BemiIngestion")
	static class IngestionConfiguration {

		@Bean
		@ConditionalOnMissingBean(Ingestion.class)
		LocalIngestion bemiDashboardIngestion(ObjectProvider<BemiIngestion> ingestion,
				ObjectProvider<BemiTrackingInstaller> tracking) {
			return new LocalIngestion(ingestion, tracking);
		}

	}

}
