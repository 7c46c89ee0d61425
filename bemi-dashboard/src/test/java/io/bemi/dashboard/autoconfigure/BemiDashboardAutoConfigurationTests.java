package io.bemi.dashboard.autoconfigure;

import java.util.Objects;

import io.bemi.dashboard.http.DashboardFilter;
import io.bemi.dashboard.live.LiveChanges;
import io.bemi.query.Changes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * On both lines of Spring Boot, without Spring Security.
 */
@ExtendWith(OutputCaptureExtension.class)
class BemiDashboardAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withClassLoader(new FilteredClassLoader("org.springframework.security"))
		.withConfiguration(AutoConfigurations.of(BemiDashboardAutoConfiguration.class))
		.withBean(Changes.class, () -> Mockito.mock(Changes.class));

	private final WebApplicationContextRunner open = this.contextRunner
		.withPropertyValues("bemi.dashboard.enabled=true", "bemi.dashboard.access=open");

	@SuppressWarnings("unchecked")
	private static FilterRegistrationBean<DashboardFilter> registration(ApplicationContext context) {
		return context.getBean(FilterRegistrationBean.class);
	}

	@Test
	void isOffUnlessAskedFor() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(FilterRegistrationBean.class)
			.doesNotHaveBean(LiveChanges.class));
		this.contextRunner.withPropertyValues("bemi.dashboard.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(FilterRegistrationBean.class));
	}

	@Test
	void isNotServedWithoutSpringSecurity(CapturedOutput output) {
		this.contextRunner.withPropertyValues("bemi.dashboard.enabled=true").run((context) -> {
			assertThat(registration(context).isEnabled()).isFalse();
			assertThat(output).contains("The dashboard is not served").contains("bemi.dashboard.access=open");
		});
	}

	@Test
	void isServedToEverybodyWhenItIsOpen() {
		this.open.withPropertyValues("bemi.dashboard.path=/audit/history").run((context) -> {
			assertThat(registration(context).isEnabled()).isTrue();
			assertThat(registration(context).isAsyncSupported()).isTrue();
			assertThat(registration(context).getUrlPatterns()).containsExactly("/audit/history", "/audit/history/*");
		});
	}

	@Test
	void answers() {
		this.open.run((context) -> {
			MockHttpServletRequest request = new MockHttpServletRequest("GET", "/bemi/api/v1/me");
			request.setServletPath("/bemi/api/v1/me");
			MockHttpServletResponse response = new MockHttpServletResponse();
			Objects.requireNonNull(registration(context).getFilter())
				.doFilter(request, response, new MockFilterChain());
			assertThat(response.getStatus()).isEqualTo(200);
			assertThat(response.getContentAsString()).contains("\"user\": null").contains("\"canRevert\": true");
		});
	}

	@Test
	void backsOffWithoutHistory() {
		new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiDashboardAutoConfiguration.class))
			.withPropertyValues("bemi.dashboard.enabled=true")
			.run((context) -> assertThat(context).doesNotHaveBean(LiveChanges.class));
	}

	@Test
	void backsOffWithoutServlets() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiDashboardAutoConfiguration.class))
			.withBean(Changes.class, () -> Mockito.mock(Changes.class))
			.withPropertyValues("bemi.dashboard.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LiveChanges.class));
	}

	@Test
	void worksWithoutIngestionInTheApplication() {
		this.open.withClassLoader(new FilteredClassLoader("org.springframework.security", "io.bemi.autoconfigure"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(FilterRegistrationBean.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "bemi", "/", "/bemi/", "/be mi", "/bemi/*", "/{bemi}", "/a/../b" })
	void refusesAPathThatIsNone(String path) {
		this.open.withPropertyValues("bemi.dashboard.path=" + path)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'bemi.dashboard.path' must begin with a slash"));
	}

}
