package io.bemi.autoconfigure.connection;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.autoconfigure.context.BemiContextAutoConfiguration;
import io.bemi.connection.Autocommit;
import io.bemi.connection.BemiDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiConnectionAutoConfiguration}.
 */
class BemiConnectionAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(BemiContextAutoConfiguration.class, BemiConnectionAutoConfiguration.class));

	@Test
	void wrapsDataSources() {
		this.contextRunner.withUserConfiguration(Pool.class)
			.run((context) -> assertThat(context).getBean(DataSource.class).isInstanceOf(BemiDataSource.class));
	}

	@Test
	void wrapsWithoutContextAutoConfiguration() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiConnectionAutoConfiguration.class))
			.withUserConfiguration(Pool.class)
			.run((context) -> assertThat(context).getBean(DataSource.class).isInstanceOf(BemiDataSource.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withUserConfiguration(Pool.class)
			.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).getBean(DataSource.class).isInstanceOf(HikariDataSource.class));
	}

	@Test
	void backsOffWithoutPostgresqlDriver() {
		this.contextRunner.withUserConfiguration(Pool.class)
			.withClassLoader(new FilteredClassLoader("org.postgresql"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ContextDataSourcePostProcessor.class)
				.getBean(DataSource.class)
				.isInstanceOf(HikariDataSource.class));
	}

	@Test
	void backsOffWithoutDataSource() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DataSource.class));
	}

	@Test
	void leavesExcludedBeansAlone() {
		this.contextRunner.withUserConfiguration(Pool.class)
			.withPropertyValues("bemi.connection.exclude=other,pool")
			.run((context) -> assertThat(context).getBean(DataSource.class).isInstanceOf(HikariDataSource.class));
	}

	@Test
	void bindsAutocommit() {
		this.contextRunner.withPropertyValues("bemi.connection.autocommit=off")
			.run((context) -> assertThat(context.getBean(BemiConnectionProperties.class).getAutocommit())
				.isEqualTo(Autocommit.OFF));
		this.contextRunner.run((context) -> assertThat(context.getBean(BemiConnectionProperties.class).getAutocommit())
			.isEqualTo(Autocommit.WRAP));
	}

	@Test
	void poolCanStillBeFoundBehindTheWrapper() {
		this.contextRunner.withUserConfiguration(Pool.class).run((context) -> {
			DataSource dataSource = context.getBean(DataSource.class);
			assertThat(dataSource.isWrapperFor(HikariDataSource.class)).isTrue();
			assertThat(dataSource.isWrapperFor(HikariConfigMXBean.class)).isTrue();
			assertThat(dataSource.unwrap(HikariDataSource.class).getPoolName()).isEqualTo("test");
		});
	}

	@Test
	void closesThePoolWithTheContext() {
		HikariDataSource[] pool = new HikariDataSource[1];
		this.contextRunner.withUserConfiguration(Pool.class)
			.run((context) -> pool[0] = context.getBean(DataSource.class).unwrap(HikariDataSource.class));
		assertThat(pool[0].isClosed()).isTrue();
	}

	@Test
	void doesNotWrapWhatLeadsToWrappedDataSource() {
		this.contextRunner.withUserConfiguration(Pool.class, Proxies.class).run((context) -> {
			assertThat(context.getBean("pool")).isInstanceOf(BemiDataSource.class);
			assertThat(context.getBean("lazy")).isInstanceOf(LazyConnectionDataSourceProxy.class);
			assertThat(context.getBean("aware")).isInstanceOf(TransactionAwareDataSourceProxy.class);
			assertThat(context.getBean("routing")).isInstanceOf(AbstractRoutingDataSource.class);
		});
	}

	@Test
	void wrapsProxyOfScopedDataSourceAndNotItsTarget() {
		this.contextRunner.withInitializer((context) -> {
			var registry = (org.springframework.beans.factory.support.BeanDefinitionRegistry) context.getBeanFactory();
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			RootBeanDefinition definition = new RootBeanDefinition(DelegatingDataSource.class);
			definition.setScope("thread");
			definition.setLazyInit(true);
			definition.getPropertyValues().add("targetDataSource", Pool.newPool());
			var holder = ScopedProxyUtils.createScopedProxy(
					new org.springframework.beans.factory.config.BeanDefinitionHolder(definition, "scoped"), registry,
					true);
			registry.registerBeanDefinition(holder.getBeanName(), holder.getBeanDefinition());
		}).run((context) -> {
			assertThat(context.getBean("scoped")).isInstanceOf(BemiDataSource.class);
			assertThat(context.getBean("scopedTarget.scoped")).isInstanceOf(DelegatingDataSource.class);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Pool {

		@Bean
		DataSource pool() {
			return newPool();
		}

		static HikariDataSource newPool() {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setPoolName("test");
			dataSource.setJdbcUrl("jdbc:postgresql://localhost:1/nowhere");
			return dataSource;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Proxies {

		@Bean
		DataSource lazy(DataSource pool) {
			return new LazyConnectionDataSourceProxy(pool) {
				@Override
				public void afterPropertiesSet() {
					// There is no server to ask for its defaults.
				}
			};
		}

		@Bean
		DataSource aware(DataSource pool) {
			return new TransactionAwareDataSourceProxy(pool);
		}

		@Bean
		DataSource routing(DataSource pool) {
			AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {
				@Override
				protected @Nullable Object determineCurrentLookupKey() {
					return null;
				}
			};
			routing.setDefaultTargetDataSource(pool);
			routing.setTargetDataSources(java.util.Map.of());
			return routing;
		}

	}

}
