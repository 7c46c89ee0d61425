package io.bemi.sample;

import java.time.Duration;

import io.bemi.context.ContextProvider;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is recorded when no line of code was written for it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class WithoutContextProviderIntegrationTests {

	private static final TestDatabase database = PostgresServer.shared().createDatabase();

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void useTestDatabase(DynamicPropertyRegistry registry) {
		registry.add("spring.datasource.url", database::url);
		registry.add("spring.datasource.username", database.server()::username);
		registry.add("spring.datasource.password", database.server()::password);
	}

	@AfterAll
	static void dropTestDatabase() {
		database.close();
	}

	@Test
	void metadataNamesUserEndpointAndRequest() {
		RestClient.create()
			.post()
			.uri("http://localhost:" + this.port + "/todos?via=test")
			.headers((headers) -> headers.setBasicAuth("auditor", "secret"))
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"task\": \"Sleep\"}")
			.retrieve()
			.toBodilessEntity();
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(database
				.query("""
						SELECT metadata ->> 'user', metadata ->> 'endpoint', metadata ->> 'requestId' <> '', metadata -> 'params'
						FROM bemi.changes WHERE "table" = 'todo'
						"""))
				.containsExactly("auditor|POST /todos|t|null"));
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class RemoveContextProvider {

		@Bean
		static BeanFactoryPostProcessor removeContextProvider() {
			return (beanFactory) -> {
				for (String name : beanFactory.getBeanNamesForType(ContextProvider.class)) {
					((BeanDefinitionRegistry) beanFactory).removeBeanDefinition(name);
				}
			};
		}

	}

}
