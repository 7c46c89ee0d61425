package io.bemi.revert;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.bemi.query.IngestionBarrier;
import io.bemi.timetravel.JdbcTimeTravel;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TravellingApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A plan that nothing stands against is executed without looking at the rows again: so
 * whatever is done between the two must be found out, and told as otherwise.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UndisputedRevertIntegrationTests {

	private static final String TABLES = """
			CREATE TABLE parent (id bigint PRIMARY KEY, a text, n bigint, code bigint UNIQUE);
			CREATE TABLE child (id bigint PRIMARY KEY, parent bigint REFERENCES parent, a text);
			CREATE TABLE plain (a text, n bigint);
			ALTER TABLE plain REPLICA IDENTITY FULL
			""";

	private Reverted recorded;

	@BeforeAll
	void record() throws Exception {
		this.recorded = Reverted.of(18, TABLES);
	}

	@AfterAll
	void close() {
		this.recorded.close();
	}

	private RevertPlan plan(String before, String bad) {
		this.recorded.transact(before.split(";"));
		RevertPlan plan = this.recorded.reverter().planTransaction(this.recorded.transact(bad.split(";")));
		assertThat(plan.undisputed()).isNotEmpty();
		return plan;
	}

	private List<String> all() {
		return this.recorded.query("""
				SELECT p::text FROM parent p UNION ALL SELECT c::text FROM child c UNION ALL SELECT p::text FROM plain p
				 ORDER BY 1
				""");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', delimiter = '|',
			textBlock = """
					INSERT INTO parent VALUES (1, 'a', 1, 1)|UPDATE parent SET a = 'b' WHERE id = 1|UPDATE parent SET a = 'c' WHERE id = 1|LATER_CHANGE
					INSERT INTO parent VALUES (2, 'a', 1, 2)|UPDATE parent SET a = 'b' WHERE id = 2|DELETE FROM parent WHERE id = 2|DELETED_SINCE
					INSERT INTO parent VALUES (3, 'a', 1, 3)|DELETE FROM parent WHERE id = 3|INSERT INTO parent VALUES (3, 'c', 1, 3)|CREATED_SINCE
					INSERT INTO parent VALUES (4, 'a', 1, 4), (5, 'a', 1, 5)|UPDATE parent SET code = 44 WHERE id = 4|UPDATE parent SET code = 4 WHERE id = 5|UNIQUE_TAKEN
					INSERT INTO parent VALUES (6, 'a', 1, 6)|INSERT INTO parent VALUES (7, 'a', 1, 7)|INSERT INTO child VALUES (7, 7, 'x')|REFERENCED
					INSERT INTO parent VALUES (8, 'a', 1, 8);INSERT INTO child VALUES (8, 8, 'x')|DELETE FROM child WHERE id = 8|DELETE FROM parent WHERE id = 8|MISSING_REFERENCE
					INSERT INTO plain VALUES ('a', 1)|UPDATE plain SET a = 'b' WHERE n = 1|UPDATE plain SET a = 'c' WHERE n = 1|DELETED_SINCE
					INSERT INTO parent VALUES (9, 'a', 1, 9)|INSERT INTO parent VALUES (10, 'a', 1, 10)|UPDATE parent SET a = 'c' WHERE id = 10|LATER_CHANGE
					""")
	void whatStandsAgainstItSinceIsNamed(String before, String bad, String since, ConflictKind kind) {
		RevertPlan plan = plan(before, bad);
		this.recorded.transact(since);
		List<String> rows = all();
		assertThatExceptionOfType(RevertConflictException.class)
			.isThrownBy(() -> this.recorded.reverter().execute(plan))
			.satisfies((ex) -> assertThat(ex.conflicts()).extracting(RevertConflict::kind).containsExactly(kind));
		assertThat(all()).isEqualTo(rows);
	}

	@Test
	void whatDoesNotStandAgainstItStays() {
		RevertPlan plan = plan("INSERT INTO parent VALUES (20, 'a', 1, 20), (21, 'a', 1, 21)",
				"UPDATE parent SET a = 'b' WHERE id IN (20, 21)");
		this.recorded.transact("UPDATE parent SET n = 5 WHERE id = 20", "UPDATE parent SET a = 'b' WHERE id = 21");
		assertThat(this.recorded.reverter().execute(plan).updated()).isEqualTo(2);
		assertThat(this.recorded.query("SELECT a, n FROM parent WHERE id IN (20, 21) ORDER BY id"))
			.containsExactly("a|5", "a|1");
	}

	@Test
	void whatMayHaveBeenCommittedIsNotDoneAgain() {
		RevertPlan plan = plan("INSERT INTO parent VALUES (500, 'a', 1, 500)",
				"UPDATE parent SET a = 'b' WHERE id = 500");
		AtomicInteger commits = new AtomicInteger();
		DataSource vanishing = new DelegatingDataSource(this.recorded.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				Connection connection = super.getConnection();
				return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(),
						new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
							Object result = method.invoke(connection, arguments);
							if (method.getName().equals("commit")) {
								commits.incrementAndGet();
								throw new SQLException("the connection is lost", "08006");
							}
							return result;
						});
			}

		};
		TimeTravel travel = new JdbcTimeTravel(TravellingApplication.of(this.recorded.dataSource()),
				this.recorded.dataSource(), "bemi", this.recorded.changes(),
				new IngestionBarrier(this.recorded.pool(), "not_waited_for"));
		Reverter reverter = new JdbcReverter(vanishing, this.recorded.changes(), travel, 1_000, List::of, List::of);
		assertThatExceptionOfType(RevertOutcomeUnknownException.class).isThrownBy(() -> reverter.execute(plan))
			.withMessageStartingWith("It is not known whether 1 change(s) were reverted")
			.withMessageContaining("the connection is lost")
			.withMessageContaining("bemi.revert");
		assertThat(commits).hasValue(1);
	}

	@Test
	void anotherRowInThePlaceOfOneIsNotTakenForIt() {
		RevertPlan plan = plan("INSERT INTO parent VALUES (30, 'a', 1, 30)", "UPDATE parent SET a = 'b' WHERE id = 30");
		String place = "SELECT ctid FROM parent WHERE id = ";
		List<String> before = this.recorded.query(place + 30);
		long updated = this.recorded.transact("UPDATE parent SET n = 2 WHERE id = 30");
		// The place is free once no other transaction may see what was there.
		Awaitility.await()
			.until(() -> this.recorded
				.query("SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
						+ " AND least(backend_xmin::text::bigint, backend_xid::text::bigint) <= " + updated)
				.isEmpty());
		this.recorded.database().execute("VACUUM parent");
		for (int id = 1_001; this.recorded.query("SELECT FROM parent WHERE ctid = '" + before.get(0) + "'")
			.isEmpty(); id++) {
			this.recorded.transact("INSERT INTO parent VALUES (%1$d, 'x', 1, %1$d)".formatted(id));
			assertThat(id).as("rows until the place is taken").isLessThan(1_500);
		}
		assertThat(this.recorded.reverter().execute(plan).updated()).isOne();
		assertThat(this.recorded.query("SELECT a, n FROM parent WHERE id = 30")).containsExactly("a|2");
		assertThat(this.recorded.query("SELECT FROM parent WHERE id > 1000 AND a <> 'x'")).isEmpty();
	}

}
