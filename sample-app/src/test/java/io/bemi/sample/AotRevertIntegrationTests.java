package io.bemi.sample;

import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The tests of {@link AbstractRevertTests}, against the packaged sample, processed ahead
 * of time.
 */
class AotRevertIntegrationTests extends AbstractRevertTests {

	@RegisterExtension
	static final AotSample sample = new AotSample();

	@Override
	int port() {
		return sample.port();
	}

	@Override
	TestDatabase database() {
		return sample.database();
	}

}
