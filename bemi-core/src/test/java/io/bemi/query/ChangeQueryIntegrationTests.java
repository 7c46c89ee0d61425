package io.bemi.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.change.Change;
import io.bemi.change.Position;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ChangeQuery}: paging while writers write, streams, limits of
 * questions, and hostile arguments.
 */
class ChangeQueryIntegrationTests {

	private static final Instant START = Instant.parse("2026-05-01T00:00:00Z");

	private static final List<String> HOSTILE = List.of("' OR '1' = '1", "'; DROP TABLE change; --", "\"; SELECT 1; --",
			"\\", "\\'", "%", "_", "$1", "?", "??", "{\"user\": \"ann\"}", "{}", "[]", "null", "$$", "/* */", "*/",
			"todo\0", "\0", "\uD800", "\uFFFF", ":x", "${schema}", "E'\\x00'", "x".repeat(100_000));

	private StoredHistory history;

	private Changes changes;

	@BeforeEach
	void createStore() throws SQLException {
		this.history = StoredHistory.create(18);
		this.changes = this.history.changes();
	}

	@AfterEach
	void dropStore() {
		this.history.close();
	}

	private List<Change> fill(int from, int count) throws SQLException {
		List<Change> filled = new ArrayList<>();
		for (int i = from; i < from + count; i++) {
			filled.add(this.history.create(i, START.plusSeconds(i)));
		}
		this.history.store(filled);
		return filled;
	}

	@ParameterizedTest
	@EnumSource
	void pagingSeesEachChangeOnceWhileWritersWrite(Order order) throws Exception {
		List<Change> before = fill(1, 500);
		AtomicBoolean done = new AtomicBoolean();
		CompletableFuture<List<Change>> writer = CompletableFuture.supplyAsync(() -> {
			List<Change> written = new ArrayList<>();
			try {
				for (int i = 501; i < 3_000 && !done.get(); i += 10) {
					written.addAll(fill(i, 10));
				}
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			return written;
		});
		List<Change> seen = new ArrayList<>();
		Page page = this.changes.query().order(order).limit(7).page();
		seen.addAll(page.changes());
		while (page.hasNext() && seen.size() < 2_000) {
			page = this.changes.query().order(order).limit(7).after(page.cursor()).page();
			seen.addAll(page.changes());
		}
		done.set(true);
		List<Change> written = writer.get();
		assertThat(written).as("while pages were read").isNotEmpty();
		// What came after the end was read.
		Page rest = this.changes.query().order(order).limit(10_000).after(page.cursor()).page();
		seen.addAll(rest.changes());
		assertThat(seen).doesNotHaveDuplicates().containsAll(before);
		if (order == Order.OLDEST_FIRST) {
			assertThat(seen).containsAll(written);
		}
		assertThat(seen).isSortedAccordingTo(ChangeQueryModelIntegrationTests.inOrder(order));
	}

	@Test
	void aCursorGoesOnWithWhatComesLater() throws Exception {
		fill(1, 5);
		Page page = this.changes.query().oldestFirst().page();
		assertThat(page.hasNext()).isFalse();
		Page empty = this.changes.query().oldestFirst().after(page.cursor()).page();
		assertThat(empty.changes()).isEmpty();
		assertThat(empty.cursor()).isEqualTo(page.cursor());
		List<Change> later = fill(6, 1);
		assertThat(this.changes.query().oldestFirst().after(empty.cursor()).page().changes()).isEqualTo(later);
	}

	@Test
	void refusesACursorOfAnotherOrderOrNone() throws Exception {
		fill(1, 2);
		String cursor = this.changes.query().limit(1).page().cursor();
		assertThatIllegalArgumentException().isThrownBy(() -> this.changes.query().oldestFirst().after(cursor).list())
			.withMessageContaining("NEWEST_FIRST");
		for (String text : HOSTILE) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.changes.query().after(text).list());
		}
	}

	/**
	 * Far more than is in memory at a time, and no connection is left behind.
	 */
	@Test
	void streamsThroughASingleConnection() throws Exception {
		fill(1, 3_000);
		HikariConfig config = new HikariConfig();
		config.setDataSource(this.history.database().dataSource());
		config.setMaximumPoolSize(1);
		config.setConnectionTimeout(20_000);
		try (HikariDataSource pool = new HikariDataSource(config)) {
			Changes pooled = new JdbcChanges(pool, StoredHistory.SCHEMA);
			for (int i = 0; i < 3; i++) {
				try (Stream<Change> stream = pooled.query().stream()) {
					assertThat(stream.limit(10)).hasSize(10);
				}
				try (Stream<Change> stream = pooled.query().limit(1_200).stream()) {
					assertThat(stream).hasSize(1_200);
				}
			}
			try (Connection connection = pool.getConnection()) {
				assertThat(connection.getAutoCommit()).isTrue();
				assertThat(connection.isReadOnly()).isFalse();
			}
			TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
			Long counted = transaction.execute((status) -> {
				try (Stream<Change> stream = pooled.query().stream()) {
					return stream.count();
				}
			});
			assertThat(counted).isEqualTo(3_000);
		}
	}

	@Test
	void aStreamShowsWhatWasThereWhenItWasOpened() throws Exception {
		fill(1, 1_200);
		try (Stream<Change> stream = this.changes.query().oldestFirst().stream()) {
			fill(1_201, 10);
			assertThat(stream).hasSize(1_200);
		}
	}

	@Test
	void whatNoIndexAnswersMustBeNarrowed() throws Exception {
		fill(1, 3);
		List<UnaryOperator<ChangeQuery>> broad = List.of((query) -> query.values(Map.of("id", 1)),
				(query) -> query.before(Map.of("id", 1)), (query) -> query.notValues(Map.of("id", 1)),
				(query) -> query.pathExists(Document.VALUES, "$.id"),
				(query) -> query.pathMatches(Document.CONTEXT, "$.id > 1"), (query) -> query.changed("id"),
				(query) -> query.not((those) -> those.changedTo("id", 1)));
		for (UnaryOperator<ChangeQuery> condition : broad) {
			ChangeQuery query = condition.apply(this.changes.query().until(START.plusSeconds(10)));
			assertThatExceptionOfType(BroadQueryException.class).isThrownBy(query::list)
				.withMessageContaining("since(...)");
			assertThatExceptionOfType(BroadQueryException.class).isThrownBy(query::count);
			assertThatExceptionOfType(BroadQueryException.class).isThrownBy(query::stream);
			assertThatExceptionOfType(BroadQueryException.class).isThrownBy(() -> query.counts(Bucket.DAY));
			for (UnaryOperator<ChangeQuery> narrow : List.<UnaryOperator<ChangeQuery>>of((those) -> those.since(START),
					(those) -> those.primaryKey(1), (those) -> those.context("user", "ann"),
					(those) -> those.trace("t"), (those) -> those.transaction(1),
					(those) -> those.position(new Position(16)), (those) -> those.fromPosition(Position.ZERO))) {
				assertThat(narrow.apply(query).list()).isNotNull();
			}
		}
		assertThat(this.changes.query().table("todo").changed("id").list()).isEmpty();
		assertThatExceptionOfType(BroadQueryException.class)
			.isThrownBy(() -> this.changes.query().table("todo").values(Map.of("id", 1)).list())
			.withMessageStartingWith("The content of 'values' is in no index");
		assertThatExceptionOfType(BroadQueryException.class)
			.isThrownBy(() -> this.changes.query().notContext(Map.of("user", "ann")).values(Map.of("id", 1)).list());
	}

	@Test
	void aQuestionThatTakesTooLongSaysWhatToNarrow() throws Exception {
		fill(1, 10);
		DataSource slow = this.history.database().dataSource();
		this.history.database()
			.execute(
					"CREATE FUNCTION slow(jsonb, jsonb) RETURNS boolean LANGUAGE plpgsql AS"
							+ " 'BEGIN PERFORM pg_sleep(20); RETURN true; END'",
					"CREATE OPERATOR public.@> (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = slow)",
					"ALTER ROLE CURRENT_USER IN DATABASE " + this.history.database().name()
							+ " SET search_path = public, pg_catalog");
		Changes impatient = new JdbcChanges(slow,
				new QuerySettings(StoredHistory.SCHEMA, Duration.ofMillis(900), Duration.ZERO), EntityTables.NONE,
				null);
		ChangeQuery question = impatient.query().since(START).values(Map.of("id", 1));
		assertThatExceptionOfType(SlowQueryException.class).isThrownBy(question::list)
			.withMessageContaining("900 ms ('bemi.query.timeout')")
			.withMessageContaining("a shorter time range, a table or a record");
		assertThatExceptionOfType(SlowQueryException.class).isThrownBy(question::stream);
		assertThatExceptionOfType(SlowQueryException.class)
			.isThrownBy(() -> impatient.query().context("user", "ann").count())
			.withMessageContaining("since(...)");
	}

	@Test
	void refusesWhatIsNoJsonPath() throws Exception {
		fill(1, 3);
		for (String path : List.of("", "$.", "no path", "$.a ? (", "'; DROP TABLE change; --", "$.id ? (@ > $unknown)",
				"\0")) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.changes.query().since(START).pathExists(Document.VALUES, path).list())
				.withMessageContaining("'path' must be a JSON path");
		}
	}

	@Test
	void hostileArgumentsMatchNothingAndBreakNothing() throws Exception {
		fill(1, 3);
		ChangeQuery query = this.changes.query().since(START);
		for (String text : HOSTILE) {
			List<ChangeQuery> questions = List.of(query.table(text), query.schema(text), query.database(text),
					query.source(text), query.primaryKey(text), query.primaryKey(text, text), query.trace(text),
					query.context(text, text), query.context(Map.of("user", Map.of(text, text))),
					query.before(Map.of(text, text)), query.values(Map.of(text, text)),
					query.values(Map.of("id", text)), query.changed(text), query.changed(text, text, text),
					query.changedFrom(text, text), query.changedTo(text, text),
					query.pathExists(Document.VALUES, "$.id ? (@ == $text)", Map.of("text", text)),
					query.pathMatches(Document.CONTEXT, "$.user == $text", Map.of("text", text)),
					query.not((those) -> those.not((these) -> these.table(text))));
			for (ChangeQuery question : questions) {
				assertThat(question.list()).as(text).isEmpty();
				assertThat(question.count()).as(text).isZero();
			}
			assertThat(query.notTable(text).notSchema(text).notPrimaryKey(text).notContext(Map.of(text, text)).list())
				.hasSize(3);
			assertThat(query.counts(Bucket.DAY, java.time.ZoneOffset.UTC, Grouping.context(text)))
				.containsExactly(new Count(START, null, null, 3));
			assertThat(this.changes.find(text)).isEmpty();
		}
		assertThat(this.changes.query().count()).isEqualTo(3);
	}

	@Test
	void momentsAndPositionsBeyondEverythingAreTaken() throws Exception {
		fill(1, 3);
		assertThat(this.changes.query().since(Instant.MIN).until(Instant.MAX).list()).hasSize(3);
		assertThat(this.changes.query().since(Instant.MAX).list()).isEmpty();
		assertThat(this.changes.query().toPosition(new Position(-1)).fromPosition(Position.ZERO).list()).hasSize(3);
	}

	/**
	 * Times up to ten days before those of earlier transactions, and more contexts than
	 * are found all at once.
	 */
	@ParameterizedTest
	@EnumSource
	void clocksThatWereSetBackHideNothing(Order order) throws Exception {
		Random random = new Random(3);
		List<Change> all = new ArrayList<>();
		Instant first = Instant.parse("2026-01-15T00:00:00Z");
		for (int i = 1; i <= 3_000; i++) {
			// Far more of them in some weeks than in others.
			long hours = ((i < 1_400) ? i / 10 : i * 2L) + random.nextInt(240);
			all.add(this.history.create(i, first.plus(Duration.ofHours(hours))));
		}
		this.history.store(all);
		this.history.noteSetback();
		all.sort(order.comparator());
		for (int round = 0; round < 60; round++) {
			Instant since = first.plus(Duration.ofHours(random.nextInt(6_000)));
			Instant until = since.plus(Duration.ofHours(1L << random.nextInt(13)));
			int limit = 1 + random.nextInt((round % 2 == 0) ? 200 : 3_000);
			ChangeQuery query = this.changes.query().order(order).limit(limit);
			List<Change> expected = all;
			if (random.nextInt(3) > 0) {
				query = query.since(since);
				expected = expected.stream().filter((change) -> !change.committedAt().isBefore(since)).toList();
			}
			if (random.nextInt(3) > 0) {
				query = query.until(until);
				expected = expected.stream().filter((change) -> change.committedAt().isBefore(until)).toList();
			}
			expected = expected.subList(0, Math.min(limit, expected.size()));
			assertThat(query.list()).as("%s to %s", since, until).isEqualTo(expected);
			assertThat(query.table("todo").list()).isEqualTo(expected);
			assertThat(query.context("user", "ann").list()).isEqualTo(expected);
			assertThat(query.context("user", "ann").table("todo").list()).isEqualTo(expected);
		}
	}

	@Test
	void anEntityNeedsSomebodyWhoKnowsIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.changes.query().entity(String.class))
			.withMessageContaining("'type' must be an entity of the application, but is java.lang.String");
		assertThatIllegalArgumentException().isThrownBy(() -> this.changes.query().entity("x"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.changes.query().not((query) -> query))
			.withMessage("'conditions' must add a condition");
	}

}
