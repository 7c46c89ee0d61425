package io.bemi.autoconfigure;

import java.io.IOException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.stream.StreamSupport;

import javax.sql.DataSource;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

import org.flywaydb.core.api.callback.Callback;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.FieldHint;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeHint;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.batch.core.job.SimpleJob;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.javapoet.ClassName;
import org.springframework.jms.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All auto-configurations, processed ahead of time: that it can be done, and what a
 * native image is told.
 */
class RuntimeHintsTests {

	private static RuntimeHints hints;

	@BeforeAll
	static void processAheadOfTime() {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("io.bemi.test", "Application")), new InMemoryGeneratedFiles());
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(Application.class);
			context.register(autoConfigurations());
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		hints = generation.getRuntimeHints();
	}

	private static Class<?>[] autoConfigurations() {
		Class<?>[] own = StreamSupport.stream(ImportCandidates.load(AutoConfiguration.class, null).spliterator(), false)
			.filter((name) -> name.startsWith("io.bemi.autoconfigure."))
			.map(RuntimeHintsTests::type)
			.toArray(Class<?>[]::new);
		return Configurations.getClasses(AutoConfigurations.of(own));
	}

	private static Class<?> type(String name) {
		try {
			return Class.forName(name);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void everyScriptIsThere() throws IOException {
		PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver();
		for (String folder : List.of("io/bemi/store/", "io/bemi/tracking/")) {
			Resource[] scripts = resolver.getResources("classpath*:" + folder + "*.sql");
			assertThat(scripts).hasSizeGreaterThan(3)
				.allSatisfy((script) -> assertThat(hints).matches(
						RuntimeHintsPredicates.resource().forResource(folder + script.getFilename()), "has " + script));
		}
	}

	@Test
	void proxiesAreKnown() {
		for (Class<?> type : List.of(Connection.class, DatabaseMetaData.class, Statement.class, PreparedStatement.class,
				CallableStatement.class, XAConnection.class, XAResource.class, Callback.class,
				ContainerCustomizer.class)) {
			assertThat(hints).matches(RuntimeHintsPredicates.proxies().forInterfaces(type), "has " + type);
		}
		assertThat(hints).matches(
				RuntimeHintsPredicates.proxies()
					.forInterfaces(TypeReference.of(Connection.class),
							TypeReference.of("io.bemi.connection.ConnectionHandler$Carrier")),
				"has connections that carry a context");
	}

	@Test
	void fieldsWithoutGettersAreThere() {
		assertThat(fields(ThreadPoolTaskExecutor.class)).contains("taskDecorator");
		assertThat(fields(AbstractEntityManagerFactoryBean.class)).contains("entityManagerInitializer");
		assertThat(fields(AbstractKafkaListenerContainerFactory.class)).contains("containerCustomizer");
		assertThat(fields(AbstractRabbitListenerContainerFactory.class)).contains("containerCustomizer");
		assertThat(fields(MessagingMessageListenerAdapter.class)).contains("handlerMethod");
		assertThat(fields(SimpleJob.class)).contains("steps");
	}

	private static List<String> fields(Class<?> type) {
		TypeHint hint = hints.reflection().getTypeHint(type);
		return (hint != null) ? hint.fields().map(FieldHint::getName).toList() : List.of();
	}

	@Test
	void servicesAreFound() {
		assertThat(hints).matches(RuntimeHintsPredicates.resource()
			.forResource("META-INF/services/io.micrometer.context.ThreadLocalAccessor"), "has the service");
		assertThat(hints.reflection()
			.getTypeHint(TypeReference.of("io.bemi.autoconfigure.context.BemiThreadLocalAccessor"))).isNotNull();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		DataSource dataSource() {
			return new PGSimpleDataSource();
		}

	}

}
