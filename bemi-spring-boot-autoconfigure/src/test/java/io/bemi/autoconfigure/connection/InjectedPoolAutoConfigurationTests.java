package io.bemi.autoconfigure.connection;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link WrappedDataSourceFailureAnalyzer}, in applications that fail to start.
 */
@ExtendWith(OutputCaptureExtension.class)
class InjectedPoolAutoConfigurationTests {

	@ParameterizedTest
	@ValueSource(classes = { ByConstructor.class, ByConstructorAfterwards.class, ByField.class, ByBeanParameter.class,
			ByProvider.class, ByProviderOfTheFactory.class, ByGetBean.class, ByGetBeanAfterwards.class, ByName.class,
			ByMethodCall.class, ByInterface.class, DeclaredAsDataSource.class })
	void saysWhatToDo(Class<?> source, CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(source));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("asked for the data source 'pool' by its class com.zaxxer.hikari.HikariDataSource")
			.contains("dataSource.unwrap(HikariDataSource.class)")
			.contains("bemi.connection.exclude=pool")
			.containsPattern("(Parameter 0 of|Field pool in|Constructor in|Method name in|The code at) .*"
					+ source.getSimpleName());
	}

	@ParameterizedTest
	@ValueSource(classes = { ByConstructor.class, ByField.class, ByBeanParameter.class, ByProvider.class,
			ByGetBeanAfterwards.class, ByMethodCall.class })
	void excludedPoolIsInjected(Class<?> source) {
		start(source, "bemi.connection.exclude=pool").close();
	}

	@ParameterizedTest
	@ValueSource(classes = { NoPool.class, AnotherQualifier.class, AnotherClass.class, AnotherName.class })
	void saysNothingOfFailuresWithAnotherCause(Class<?> source, CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(source));
		assertThat(output).doesNotContain("bemi.connection.exclude");
	}

	@Test
	void saysNothingWhenDisabled(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(NoPool.class, "bemi.enabled=false"));
		assertThat(output).doesNotContain("bemi.connection.exclude");
	}

	private static ConfigurableApplicationContext start(Class<?> source, String... properties) {
		return new SpringApplicationBuilder(Bemi.class, source)
			.properties("spring.main.web-application-type=none", "spring.main.banner-mode=off")
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(BemiConnectionAutoConfiguration.class)
	static class Bemi {

	}

	@Configuration(proxyBeanMethods = false)
	static class Pool {

		@Bean
		HikariDataSource pool() {
			return newPool();
		}

		static HikariDataSource newPool() {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl("jdbc:postgresql://localhost:1/nowhere");
			return pool;
		}

	}

	@Import(Pool.class)
	static class ByConstructor {

		ByConstructor(HikariDataSource pool) {
		}

	}

	@Import(Pool.class)
	@DependsOn("pool")
	static class ByConstructorAfterwards {

		ByConstructorAfterwards(HikariDataSource pool) {
		}

	}

	@Import(Pool.class)
	static class ByField {

		@Autowired
		@SuppressWarnings({ "unused", "NullAway.Init" })
		private HikariDataSource pool;

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Pool.class)
	static class ByBeanParameter {

		@Bean
		String name(@Qualifier("pool") HikariDataSource pool) {
			return String.valueOf(pool.getPoolName());
		}

	}

	@Import(Pool.class)
	static class ByProvider {

		ByProvider(ObjectProvider<HikariDataSource> pools) {
			pools.getObject();
		}

	}

	@Import(Pool.class)
	@DependsOn("pool")
	static class ByProviderOfTheFactory {

		ByProviderOfTheFactory(BeanFactory factory) {
			factory.getBeanProvider(HikariDataSource.class).getObject();
		}

	}

	@Import(Pool.class)
	static class ByGetBean {

		ByGetBean(ApplicationContext context) {
			context.getBean(HikariDataSource.class);
		}

	}

	@Import(Pool.class)
	@DependsOn("pool")
	static class ByGetBeanAfterwards {

		ByGetBeanAfterwards(ApplicationContext context) {
			context.getBean(HikariDataSource.class);
		}

	}

	@Import(Pool.class)
	static class ByName {

		ByName(ApplicationContext context) {
			context.getBean("pool", HikariDataSource.class);
		}

	}

	@Configuration
	static class ByMethodCall {

		@Bean
		HikariDataSource pool() {
			return Pool.newPool();
		}

		@Bean
		String name() {
			return String.valueOf(pool().getPoolName());
		}

	}

	@Import(Pool.class)
	static class ByInterface {

		ByInterface(HikariConfigMXBean pool) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredAsDataSource {

		@Bean
		DataSource pool() {
			return Pool.newPool();
		}

		@Bean
		@DependsOn("pool")
		String name(HikariDataSource pool) {
			return String.valueOf(pool.getPoolName());
		}

	}

	static class NoPool {

		NoPool(HikariDataSource pool) {
		}

	}

	@Import(Pool.class)
	static class AnotherQualifier {

		AnotherQualifier(@Qualifier("other") HikariDataSource pool) {
		}

	}

	@Import(Pool.class)
	static class AnotherClass {

		AnotherClass(SimpleDriverDataSource dataSource) {
		}

	}

	@Import(Pool.class)
	static class AnotherName {

		AnotherName(ApplicationContext context) {
			context.getBean("pool", SimpleDriverDataSource.class);
		}

	}

}
