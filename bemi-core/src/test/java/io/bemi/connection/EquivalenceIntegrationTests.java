package io.bemi.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever an application does, it sees the same with the proxy as without: results,
 * metadata, exceptions, warnings, transaction states, and the rows that are left, but for
 * the differences that {@link KnownDifference} names. What it writes has its context. The
 * property {@code bemi.soak} has it try every configuration on every server.
 */
class EquivalenceIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(EquivalenceIntegrationTests.class);

	private static final ExecutorService executor = Executors.newFixedThreadPool(2);

	private static final Map<String, Integer> outcomes = new TreeMap<>();

	@AfterAll
	static void report() {
		executor.shutdownNow();
		logger.info("Conversations held plain and proxied: {}", outcomes);
	}

	@TestFactory
	Stream<DynamicContainer> looksTheSame() {
		List<DynamicContainer> lanes = new ArrayList<>();
		if (Boolean.getBoolean("bemi.soak")) {
			for (int version : new int[] { 14, 17, 18 }) {
				for (DriverSettings settings : DriverSettings.values()) {
					lanes.add(lane(version, settings));
				}
			}
		}
		else {
			lanes.add(lane(18, DriverSettings.DEFAULTS));
			lanes.add(lane(18, DriverSettings.SIMPLE));
			lanes.add(lane(18, DriverSettings.AUTOSAVE));
			lanes.add(lane(18, DriverSettings.COMBINED));
			lanes.add(lane(14, DriverSettings.THRESHOLD_1));
			lanes.add(lane(17, DriverSettings.REWRITTEN_BATCHES));
		}
		return lanes.stream();
	}

	private static DynamicContainer lane(int version, DriverSettings settings) {
		Future<Map<String, EquivalenceLane.Pair>> pairs = executor
			.submit(() -> new EquivalenceLane(version, settings).hold(Scenarios.ALL));
		return DynamicContainer.dynamicContainer(version + " " + settings,
				Scenarios.ALL.keySet()
					.stream()
					.map((name) -> DynamicTest.dynamicTest(name,
							() -> check(settings, name, Objects.requireNonNull(pairs.get().get(name))))));
	}

	private static void check(DriverSettings settings, String name, EquivalenceLane.Pair pair) {
		KnownDifference known = KnownDifference.of(name, settings);
		if (known == null) {
			assertThat(pair.proxied()).as("with the proxy").isEqualTo(pair.plain());
			assertThat(pair.uncovered()).as("rows without context").isEmpty();
		}
		else {
			assertThat(without(pair.plain(), pair.proxied())).as("only without the proxy").isEqualTo(known.plain());
			assertThat(without(pair.proxied(), pair.plain())).as("only with the proxy").isEqualTo(known.proxied());
			if (known.uncovered() == KnownDifference.ALL_ROWS) {
				assertThat(pair.uncovered()).as("rows without context")
					.hasSize((int) pair.proxied().stream().filter((line) -> line.startsWith("item(")).count())
					.isNotEmpty();
			}
			else {
				assertThat(pair.uncovered()).as("rows without context").isEqualTo(known.uncovered());
			}
		}
		outcomes.merge((known != null) ? known.kind().toString() : "SAME", 1, Integer::sum);
	}

	private static List<String> without(List<String> lines, List<String> others) {
		List<String> rest = new ArrayList<>(lines);
		others.forEach(rest::remove);
		return rest;
	}

}
