package io.bemi.sample;

import io.bemi.test.BemiTest;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The tests of {@link AbstractSampleTests}, against the sample within the tests' own JVM.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@BemiTest
@DirtiesContext
class SampleIntegrationTests extends AbstractSampleTests {

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

	@Override
	int port() {
		return this.port;
	}

	@Override
	TestDatabase database() {
		return database;
	}

}
