package io.bemi.timetravel;

import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.bemi.ingestion.TablePattern;
import io.bemi.store.chain.ChainAnchor;
import io.bemi.store.chain.ChainBreak;
import io.bemi.store.chain.ChainReport;
import io.bemi.store.chain.ChainVerifier;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.RetentionSettings.TableRetention;
import io.bemi.store.retention.Upkeep;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is read of each moment that is left is what a copy taken at that moment says,
 * after months before it were dropped, and while they are.
 */
class RetentionIntegrationTests {

	@ParameterizedTest
	@CsvSource({ "14, false", "18, true" })
	void whatIsLeftIsAsItWas(int version, boolean elsewhere) throws Exception {
		try (Recording recording = Recording.of(version, elsewhere, Set.of(), AgedHistory.TABLES)) {
			AgedHistory history = new AgedHistory(recording);
			Upkeep.look(recording.store(), AgedHistory.keepFrom(2), () -> false);
			history.assertRun(1);
			history.assertLeft(2);
			Upkeep.look(recording.store(), AgedHistory.keepFrom(3), () -> false);
			history.assertRun(2);
			history.assertLeft(3);
			Upkeep.look(recording.store(), AgedHistory.keepFrom(3), () -> false);
			history.assertRun(2);
			history.assertBefore();
			history.assertLeft(3);
		}
	}

	@ParameterizedTest
	@CsvSource({ "14, false", "18, true" })
	void theChainLeadsPastWhatIsDropped(int version, boolean elsewhere) throws Exception {
		try (Recording recording = Recording.chained(version, elsewhere, AgedHistory.TABLES)) {
			AgedHistory history = new AgedHistory(recording);
			Upkeep.chain(recording.store());
			ChainReport before = Upkeep.verify(recording.store());
			assertThat(before.uncovered()).isZero();
			ChainAnchor head = anchor(recording);
			String[] first = recording.store()
				.query("SELECT number, encode(digest, 'hex') FROM bemi.link WHERE kind = 'T' ORDER BY number LIMIT 1")
				.get(0)
				.split("\\|");
			ChainAnchor dropped = new ChainAnchor(head.source(), Long.parseLong(first[0]), first[1], "{}");
			assertThat(broken(recording, dropped)).isNull();
			for (int phase = 2; phase <= 3; phase++) {
				Upkeep.look(recording.store(), AgedHistory.keepFrom(phase), () -> false);
				history.assertRun(phase - 1);
				ChainReport report = Upkeep.verify(recording.store());
				assertThat(report.uncovered()).isZero();
				assertThat(report.changes()).isBetween(2_500L, before.changes() - 1);
				history.assertLeft(phase);
			}
			ChainReport left = Upkeep.verify(recording.store());
			history.assertBefore();
			assertThat(Upkeep.verify(recording.store()).changes()).isGreaterThan(left.changes() + 2_500);
			assertThat(recording.store().query("SELECT count(*) > 1 FROM bemi.dropped_link")).containsExactly("t");
			assertThat(broken(recording, head)).isNull();
			assertThat(broken(recording, dropped)).extracting(ChainBreak::kind)
				.isEqualTo(ChainBreak.Kind.ANCHOR_DROPPED);
			recording.store()
				.execute("SET session_replication_role = replica",
						"UPDATE bemi.change_kept SET image = image || '{\"name\": \"another\"}'"
								+ " WHERE primary_key = '2000' AND image ? 'name'");
			assertThat(Upkeep.broken(recording.store())).isEqualTo("CHANGE_CHANGED");
		}
	}

	private static @Nullable ChainBreak broken(Recording recording, ChainAnchor anchor) {
		return new ChainVerifier(recording.store().dataSource(), "bemi").verify(anchor).broken();
	}

	private static ChainAnchor anchor(Recording recording) {
		return new ChainVerifier(recording.store().dataSource(), "bemi").anchors().get(0);
	}

	@Test
	void nobodyWaitsWhileMonthsAreDropped() throws Exception {
		try (Recording recording = Recording.of(18, false, Set.of(), AgedHistory.TABLES)) {
			AgedHistory history = new AgedHistory(recording);
			AtomicBoolean done = new AtomicBoolean();
			long[] longest = new long[2];
			Thread writer = new Thread(() -> {
				while (!done.get()) {
					long begun = System.nanoTime();
					recording.await(recording.transact("UPDATE tick SET n = n + 1"));
					longest[0] = Math.max(longest[0], System.nanoTime() - begun);
				}
			});
			Thread reader = new Thread(() -> {
				long transaction = history.moments(3).get(0);
				while (!done.get()) {
					long begun = System.nanoTime();
					history.assertMoment(3, transaction);
					longest[1] = Math.max(longest[1], System.nanoTime() - begun);
				}
			});
			List<Throwable> failures = new ArrayList<>();
			for (Thread thread : List.of(writer, reader)) {
				thread.setUncaughtExceptionHandler((any, ex) -> failures.add(ex));
				thread.start();
			}
			Upkeep.look(recording.store(), AgedHistory.keepFrom(2), () -> false);
			done.set(true);
			writer.join();
			reader.join();
			assertThat(failures).isEmpty();
			assertThat(Math.max(longest[0], longest[1])).isBetween(1L, TimeUnit.SECONDS.toNanos(10));
			history.assertRun(1);
			history.assertLeft(2);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tablesMayBeKeptForAShorterTime(boolean chained) throws Exception {
		try (Recording recording = chained ? Recording.chained(18, false, AgedHistory.TABLES)
				: Recording.of(18, false, Set.of(), AgedHistory.TABLES)) {
			AgedHistory history = new AgedHistory(recording);
			if (chained) {
				Upkeep.chain(recording.store());
			}
			List<TableRetention> shorter = new ArrayList<>();
			for (String pattern : List.of("*.todo", "log", "public.co*")) {
				shorter.add(new TableRetention(new TablePattern(pattern), Period.ofDays(2 * AgedHistory.AGE + 5)));
			}
			Upkeep.look(recording.store(), new RetentionSettings(null, shorter, null), () -> false);
			String rows = "SELECT count(*) > 0 FROM bemi.changes WHERE \"table\" = '%s' AND committed_at < now() - interval '95 days'";
			for (String name : List.of("todo", "log", "code", "list", "token")) {
				assertThat(recording.store().query(rows.formatted(name))).as(name)
					.containsExactly(Set.of("list", "token").contains(name) ? "t" : "f");
			}
			for (int phase = 2; phase < AgedHistory.PHASES; phase++) {
				history.assertMoments(phase);
			}
			long early = history.moments(0).get(history.moments(0).size() - 1);
			assertThat(recording.travel().asOf(early).rows("list")).hasSize(2_500);
			assertThatExceptionOfType(TimeTravelException.class)
				.isThrownBy(() -> recording.travel().asOf(early).rows("todo"))
				.withMessageContaining("what is known of it begins at");
			history.assertBefore();
			if (chained) {
				assertThat(Upkeep.verify(recording.store()).removed()).isPositive();
				Upkeep.look(recording.store(), AgedHistory.keepFrom(3), () -> false);
				Upkeep.verify(recording.store());
				history.assertLeft(3);
			}
		}
	}

	@Test
	void whatADatabaseAdministratorAsksForIsDropped() throws Exception {
		try (Recording recording = Recording.of(18, false, Set.of(), AgedHistory.TABLES)) {
			AgedHistory history = new AgedHistory(recording);
			recording.store()
				.execute("SELECT bemi.drop_history(now() - interval '%d days')"
					.formatted((AgedHistory.PHASES - 2) * AgedHistory.AGE - 35));
			Upkeep.look(recording.store(), RetentionSettings.FOREVER, () -> false);
			history.assertRun(1);
			assertThat(recording.store()
				.query("SELECT requested_by = session_user, carried > 2500 FROM bemi.retention_run"))
				.containsExactly("t|t");
			history.assertLeft(2);
			recording.store().execute("SELECT bemi.drop_history(now())");
			assertThatExceptionOfType(Exception.class)
				.isThrownBy(() -> recording.store().execute("SELECT bemi.drop_history(now() + interval '1 day')"))
				.withMessageContaining("up to now");
		}
	}

}
