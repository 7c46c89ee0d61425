package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.bemi.change.Position;
import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A moment that is not known is refused by an error that names what is known, whoever
 * asks: the history has a gap, in which the slot was lost.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownMomentIntegrationTests {

	private static final String RANGE = "Known is: \\d{4}-.*\\([0-9A-F]+/[0-9A-F]+\\) to \\d{4}-.*\\([0-9A-F]+/[0-9A-F]+\\)"
			+ ", \\d{4}-.*\\([0-9A-F]+/[0-9A-F]+\\) to \\d{4}-.*\\([0-9A-F]+/[0-9A-F]+\\)";

	private Recording recording;

	private @Nullable Ingester second;

	private JdbcTemplate jdbc;

	private long past;

	private long lost;

	private Position lostAt;

	private Instant lostTime;

	private long present;

	@BeforeAll
	void record() throws Exception {
		this.recording = Recording.of(18, false, Set.of(), "CREATE TABLE todo (id bigint PRIMARY KEY, task text)");
		this.jdbc = new JdbcTemplate(this.recording.dataSource());
		this.past = this.recording.transact("INSERT INTO todo VALUES (1, 'past')");
		this.recording.await(this.past);
		this.recording.ingester().close();
		String slot = ReplicationSettings.slotOf(this.recording.database().name());
		Awaitility.await()
			.until(() -> this.recording.database()
				.query("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
				.equals(List.of("f")));
		this.recording.database().execute("SELECT pg_drop_replication_slot('" + slot + "')");
		pause();
		this.lost = this.recording.transact("UPDATE todo SET task = 'lost'");
		this.lostAt = Position.parse(single("SELECT pg_current_wal_lsn()"));
		this.lostTime = time(single("SELECT clock_timestamp()"));
		pause();
		this.second = this.recording.another();
		this.second.start();
		assertThat(this.second.awaitSettled(Duration.ofSeconds(20))).isTrue();
		this.present = this.recording.transact("UPDATE todo SET task = 'present'");
		this.recording.await(this.present);
	}

	@AfterAll
	void close() {
		if (this.second != null) {
			this.second.close();
		}
		this.recording.close();
	}

	private void pause() {
		this.recording.database().execute("SELECT pg_sleep(0.1)");
	}

	private String single(String sql) {
		return this.recording.database().query(sql).get(0);
	}

	private static Instant time(String text) {
		return OffsetDateTime.parse(text.replace(' ', 'T'), DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
	}

	@Test
	void whatIsOnEitherSideOfTheGapIsKnown() {
		assertThat(task(Moment.ofTransaction(this.past))).isEqualTo("past");
		assertThat(task(Moment.ofTransaction(this.present))).isEqualTo("present");
		assertThat(this.recording.database().query("SELECT count(*) FROM bemi.gap")).containsExactly("1");
	}

	private @Nullable String task(Moment moment) {
		return this.recording.travel()
			.at(moment, () -> this.jdbc.queryForObject("SELECT task FROM todo WHERE id = 1", String.class));
	}

	Stream<Unknown> everyUnknownMomentIsRefused() {
		return Stream.of(
				new Unknown(Moment.of(Instant.parse("2001-01-01T00:00:00Z")), "timestamptz '2001-01-01 00:00+00'",
						"is before what is known"),
				new Unknown(Moment.of(Instant.MIN), "timestamptz '-infinity'", "is before what is known"),
				new Unknown(Moment.of(Position.ZERO), "pg_lsn '0/0'", "is before what is known"),
				new Unknown(Moment.ofTransaction(1), "1", "is not recorded: it wrote to no tracked table"),
				new Unknown(Moment.of(this.lostTime), "timestamptz '" + this.lostTime + "'", "is within a gap"),
				new Unknown(Moment.of(this.lostAt), "pg_lsn '" + this.lostAt + "'", "is within a gap"),
				new Unknown(Moment.ofTransaction(this.lost), String.valueOf(this.lost),
						"is before what is known or within a gap"),
				new Unknown(Moment.of(Instant.now().plus(Duration.ofDays(400))), "now() + interval '400 days'",
						"is in the future"),
				new Unknown(Moment.of(Instant.MAX), "timestamptz 'infinity'", "is in the future"),
				new Unknown(Moment.of(Position.parse("7FFFFFFF/0")), "pg_lsn '7FFFFFFF/0'", "is after what is known"),
				new Unknown(Moment.ofTransaction(Long.MAX_VALUE), String.valueOf(Long.MAX_VALUE),
						"or is not stored yet"));
	}

	@ParameterizedTest
	@MethodSource
	void everyUnknownMomentIsRefused(Unknown unknown) throws SQLException {
		TimeTravel travel = this.recording.travel();
		Past then = travel.asOf(unknown.moment());
		List<Runnable> reads = List.of(() -> task(unknown.moment()), () -> then.rows("todo"),
				() -> then.find("todo", 1), () -> then.history("todo", 1),
				() -> then.diff("todo", 1, Moment.ofTransaction(this.past)),
				() -> travel.asOf(this.past).diff("todo", unknown.moment()));
		for (Runnable read : reads) {
			assertThatThrownBy(read::run).isInstanceOf(TimeTravelException.class)
				.hasMessageContaining(unknown.message())
				.hasMessageFindingMatch(RANGE);
		}
		travel.prepare();
		for (String sql : List.of("SELECT bemi.as_of(%s)", "SELECT * FROM bemi.as_of(NULL::public.todo, %s)")) {
			if (sql.contains("NULL") && !unknown.moment().kind().equals("time")) {
				continue;
			}
			try (Connection connection = this.recording.database().connect();
					Statement statement = connection.createStatement()) {
				assertThatThrownBy(() -> statement.execute(sql.formatted(unknown.sql())))
					.hasMessageContaining(unknown.message())
					.hasMessageFindingMatch(RANGE);
			}
		}
		try (Connection connection = this.recording.database().connect();
				java.sql.PreparedStatement statement = connection
					.prepareStatement("SELECT bemi.moment(?, ?, false, current_database())")) {
			statement.setString(1, unknown.moment().kind());
			statement.setString(2, unknown.moment().value());
			assertThatThrownBy(statement::execute).hasMessageContaining(unknown.message())
				.hasMessageFindingMatch(RANGE);
		}
	}

	/**
	 * A moment that is not known.
	 *
	 * @param moment the moment
	 * @param sql the same in SQL
	 * @param message what is said of it
	 */
	record Unknown(Moment moment, String sql, String message) {
	}

}
