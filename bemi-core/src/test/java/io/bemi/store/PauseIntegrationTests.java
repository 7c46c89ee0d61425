package io.bemi.store;

import java.time.Duration;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pause keeps the history as it is, whoever else stands by, and loses nothing.
 */
class PauseIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String CLAIMED = """
			SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
			   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
			   AND classid::bigint = hashtext('bemi slot')::bigint & 4294967295
			""";

	private static void awaitPhase(Ingester ingester, Phase phase) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> ingester.status().phase() == phase);
	}

	private static String changes(Capture capture) {
		return capture.database().query("SELECT count(*) FROM bemi.changes").get(0);
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void nobodyReadsUntilItEnds(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			awaitPhase(first, Phase.STREAMING);
			Ingester second = capture.start();
			awaitPhase(second, Phase.STANDBY);
			history.record(capture, History.BEFORE, 2);
			assertThat(first.progress().changes()).isEqualTo(2);
			assertThat(first.progress().transactions()).isEqualTo(1);
			assertThat(first.progress().received()).isPositive();
			assertThat(first.progress().newestCommit()).isNotNull();
			assertThat(second.progress().changes()).isZero();

			assertThat(first.pause(PATIENCE).phase()).isEqualTo(Phase.PAUSED);
			assertThat(first.status().message()).contains("until ingestion is resumed", capture.slot());
			assertThat(capture.database().query(CLAIMED)).containsExactly("1");
			capture.database().execute(History.WITHIN);
			Awaitility.await()
				.during(Duration.ofSeconds(4))
				.atMost(Duration.ofSeconds(10))
				.until(() -> changes(capture).equals("2") && first.status().phase() == Phase.PAUSED
						&& second.status().phase() == Phase.STANDBY);
			assertThat(second.status().message()).contains("kept while it is paused");

			first.resume();
			assertThat(first.isPaused()).isFalse();
			Capture.awaitChanges(capture.database(), 4);
			Awaitility.await().until(() -> first.progress().changes() + second.progress().changes() == 4);
			Ingester recording = (first.status().phase() == Phase.STREAMING) ? first : second;
			history.assertNoGap(capture, recording, 4);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anInstanceThatStandsByIsNotPaused(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			Ingester first = capture.start();
			awaitPhase(first, Phase.STREAMING);
			Ingester second = capture.start();
			awaitPhase(second, Phase.STANDBY);
			assertThat(second.pause(PATIENCE).phase()).isEqualTo(Phase.STANDBY);
			assertThat(second.isPaused()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void othersGoOnWhenItsConnectionIsCut(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			awaitPhase(first, Phase.STREAMING);
			Ingester second = capture.start();
			awaitPhase(second, Phase.STANDBY);
			history.record(capture, History.BEFORE, 2);
			assertThat(first.pause(PATIENCE).phase()).isEqualTo(Phase.PAUSED);
			// Within a second the other one or this one has it again.
			Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(1_300)).until(() -> {
				if (second.status().phase() != Phase.STREAMING) {
					capture.database()
						.execute(CLAIMED.replace("count(*)", "pg_terminate_backend(pid)")
								+ " AND pid <> pg_backend_pid()");
				}
				return second.status().phase() == Phase.STREAMING;
			});
			capture.database().execute(History.WITHIN);
			Capture.awaitChanges(capture.database(), 4);
			Awaitility.await().until(() -> first.status().message().startsWith("Paused here only"));
			assertThat(first.status().phase()).isEqualTo(Phase.PAUSED);
			first.resume();
			awaitPhase(first, Phase.STANDBY);
			history.assertNoGap(capture, second, 4);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void endsWithTheInstance(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			awaitPhase(first, Phase.STREAMING);
			history.record(capture, History.BEFORE, 2);
			first.pause(PATIENCE);
			capture.database().execute(History.WITHIN);
			first.close();
			assertThat(first.status().phase()).isEqualTo(Phase.STOPPED);
			history.assertNoGap(capture, capture.start(), 4);
		}
	}

}
