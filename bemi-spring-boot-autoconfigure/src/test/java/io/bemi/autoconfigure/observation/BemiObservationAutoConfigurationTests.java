package io.bemi.autoconfigure.observation;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link BemiObservationAutoConfiguration}.
 */
class BemiObservationAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiObservationAutoConfiguration.class));

	private final List<String> ended = new ArrayList<>();

	private ObservationRegistry registry(boolean broken) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStart(Observation.Context context) {
				if (broken) {
					throw new IllegalStateException("broken");
				}
			}

			@Override
			public void onStop(Observation.Context context) {
				BemiObservationAutoConfigurationTests.this.ended.add(context.getName() + " "
						+ context.getAllKeyValues().stream().map(String::valueOf).toList() + " " + context.getError());
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		return registry;
	}

	@Test
	void observesWithTheRegistry() {
		this.contextRunner.withBean(ObservationRegistry.class, () -> registry(false)).run((context) -> {
			Observations observations = context.getBean(Observations.class);
			assertThat(observations.observe("bemi.query", "list", () -> 42)).isEqualTo(42);
			observations.start("bemi.store", null).stop(null);
			observations.start("bemi.baseline.copy", "public.todo").stop(new IllegalStateException("away"));
			assertThat(this.ended).hasSize(3);
			assertThat(this.ended.get(0)).startsWith("bemi.query ").contains("list").endsWith(" null");
			assertThat(this.ended.get(1)).isEqualTo("bemi.store [] null");
			assertThat(this.ended.get(2)).contains("public.todo", "away");
		});
	}

	@Test
	void aHandlerThatFailsCostsTheObservationOfAStoreWriteOnly() {
		this.contextRunner.withBean(ObservationRegistry.class, () -> registry(true)).run((context) -> {
			Observations observations = context.getBean(Observations.class);
			observations.start("bemi.store", null).stop(null);
			assertThat(this.ended).isEmpty();
		});
	}

	@Test
	void doesNothingWithoutARegistry() {
		this.contextRunner.run((context) -> {
			Observations observations = context.getBean(Observations.class);
			observations.start("bemi.store", null).stop(null);
			assertThatIllegalStateException().isThrownBy(() -> observations.observe("bemi.query", "list", () -> {
				throw new IllegalStateException("as it is");
			})).withMessage("as it is");
		});
	}

	@Test
	void backsOffWithoutMicrometerAndWhenDisabled() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Observations.class));
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Observations.class));
	}

	@Test
	void aBeanOfTheApplicationWins() {
		this.contextRunner.withBean(Observations.class, () -> Observations.NONE)
			.run((context) -> assertThat(context).getBean(Observations.class).isSameAs(Observations.NONE));
	}

}
