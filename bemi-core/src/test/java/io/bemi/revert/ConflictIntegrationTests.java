package io.bemi.revert;

import java.util.List;
import java.util.Map;

import io.bemi.query.ChangeQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Every kind of conflict, and what becomes of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConflictIntegrationTests {

	private static final String TABLES = """
			CREATE TABLE todo (id bigint PRIMARY KEY, task text, n bigint, code bigint UNIQUE, CHECK (n < 1000));
			CREATE TABLE item (id bigint PRIMARY KEY, todo bigint REFERENCES todo ON DELETE CASCADE, a text);
			CREATE TABLE strict (id bigint PRIMARY KEY, todo bigint REFERENCES todo, a text);
			CREATE TABLE stamped (id bigint PRIMARY KEY, a text, rev bigint NOT NULL DEFAULT 0);
			CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.rev := OLD.rev + 1; RETURN NEW; END $$;
			CREATE TRIGGER stamp BEFORE UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION stamp();
			CREATE TABLE one (id bigint PRIMARY KEY, two bigint NOT NULL);
			CREATE TABLE two (id bigint PRIMARY KEY, one bigint NOT NULL REFERENCES one);
			ALTER TABLE one ADD CONSTRAINT one_two FOREIGN KEY (two) REFERENCES two
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

	private RevertPlan plan(long transaction) {
		return this.recorded.reverter().planTransaction(transaction);
	}

	private RevertReport execute(RevertPlan plan, ConflictKind kind, Resolution resolution) {
		return this.recorded.reverter().execute(plan, RevertOptions.defaults().on(kind, resolution));
	}

	private void aborts(RevertPlan plan, ConflictKind... kinds) {
		assertThat(plan.conflicts()).extracting(RevertConflict::kind).containsExactly(kinds);
		assertThatExceptionOfType(RevertConflictException.class)
			.isThrownBy(() -> this.recorded.reverter().execute(plan))
			.satisfies((ex) -> assertThat(ex.conflicts()).extracting(RevertConflict::kind).contains(kinds))
			.withMessageStartingWith("Nothing was reverted");
	}

	private List<String> todo(long id) {
		return this.recorded.query("SELECT task, n, code FROM todo WHERE id = " + id);
	}

	@Test
	void aColumnWasChangedLater() {
		this.recorded.transact("INSERT INTO todo VALUES (1, 'a', 1, 1)");
		long id = this.recorded.transact("UPDATE todo SET task = 'b', n = 2 WHERE id = 1");
		this.recorded.transact("UPDATE todo SET task = 'c' WHERE id = 1");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.LATER_CHANGE);
		assertThat(plan.conflicts().get(0).columns()).containsExactly("task");
		assertThat(todo(1)).containsExactly("c|2|1");
		assertThat(execute(plan, ConflictKind.LATER_CHANGE, Resolution.SKIP).skipped()).hasSize(1);
		assertThat(todo(1)).containsExactly("c|1|1");
		execute(plan(id), ConflictKind.LATER_CHANGE, Resolution.OVERWRITE);
		assertThat(todo(1)).containsExactly("a|1|1");
	}

	@Test
	void aChangeInBetweenIsWhatItCanGoBackTo() {
		ChangeQuery undone = changedInBetween(200);
		aborts(this.recorded.reverter().plan(undone), ConflictKind.CHANGED_BETWEEN);
		execute(this.recorded.reverter().plan(undone), ConflictKind.CHANGED_BETWEEN, Resolution.OVERWRITE);
		assertThat(todo(200)).containsExactly("bc|1|200");
	}

	@Test
	void aChangeInBetweenCanStay() {
		RevertPlan plan = this.recorded.reverter().plan(changedInBetween(203));
		assertThat(plan.conflicts().get(0).columns()).containsExactly("task");
		assertThat(execute(plan, ConflictKind.CHANGED_BETWEEN, Resolution.SKIP).skipped()).hasSize(1);
		assertThat(todo(203)).containsExactly("d|1|203");
	}

	private ChangeQuery changedInBetween(long id) {
		this.recorded.transact("INSERT INTO todo VALUES (%1$d, 'a', 1, %1$d)".formatted(id));
		Map<String, String> bad = Map.of("job", "between " + id);
		this.recorded.transact(bad, "UPDATE todo SET task = 'b', n = 2 WHERE id = " + id);
		this.recorded.transact("UPDATE todo SET task = task || 'c' WHERE id = " + id);
		this.recorded.transact(bad, "UPDATE todo SET task = 'd' WHERE id = " + id);
		return this.recorded.changes().query().context(bad);
	}

	@Test
	void aDeletedRecordWasChangedInBetween() {
		this.recorded.transact("INSERT INTO todo VALUES (201, 'a', 1, 201)");
		Map<String, String> bad = Map.of("job", "twenty");
		this.recorded.transact(bad, "UPDATE todo SET n = n + 1 WHERE id = 201");
		this.recorded.transact("UPDATE todo SET n = n + 1 WHERE id = 201");
		this.recorded.transact(bad, "DELETE FROM todo WHERE id = 201");
		ChangeQuery undone = this.recorded.changes().query().context(bad);
		RevertPlan plan = this.recorded.reverter().plan(undone);
		aborts(plan, ConflictKind.CHANGED_BETWEEN);
		execute(plan, ConflictKind.CHANGED_BETWEEN, Resolution.SKIP);
		assertThat(todo(201)).isEmpty();
		execute(this.recorded.reverter().plan(undone), ConflictKind.CHANGED_BETWEEN, Resolution.OVERWRITE);
		assertThat(todo(201)).containsExactly("a|3|201");
	}

	@Test
	void aValueThatIsNotOfTheChangesIsNoConflict() {
		this.recorded.transact("INSERT INTO todo VALUES (202, 'a', 1, 202)");
		Map<String, String> bad = Map.of("job", "twenty-one");
		this.recorded.transact(bad, "UPDATE todo SET task = 'b' WHERE id = 202");
		this.recorded.transact("UPDATE todo SET n = 2 WHERE id = 202");
		this.recorded.transact(bad, "UPDATE todo SET task = 'd', n = 3 WHERE id = 202");
		RevertPlan plan = this.recorded.reverter().plan(this.recorded.changes().query().context(bad));
		assertThat(plan.conflicts()).isEmpty();
		this.recorded.reverter().execute(plan);
		assertThat(todo(202)).containsExactly("a|2|202");
	}

	@Test
	void whatATriggerDoesToARecordThatWasMadeAnewIsSeen() {
		this.recorded.transact("INSERT INTO stamped VALUES (2, 'a')");
		long id = this.recorded.transact("DELETE FROM stamped WHERE id = 2", "INSERT INTO stamped VALUES (2, 'b')");
		RevertPlan plan = plan(id);
		assertThat(plan.conflicts()).isEmpty();
		assertThatExceptionOfType(RevertConflictException.class)
			.isThrownBy(() -> this.recorded.reverter().execute(plan))
			.satisfies((ex) -> assertThat(ex.conflicts()).extracting(RevertConflict::kind)
				.containsExactly(ConflictKind.ALTERED));
		this.recorded.reverter().execute(plan, RevertOptions.defaults().withoutTriggers());
		assertThat(this.recorded.query("SELECT a, rev FROM stamped WHERE id = 2")).containsExactly("a|0");
		this.recorded.transact("DELETE FROM stamped WHERE id = 2");
	}

	@Test
	void aCreatedRecordWasChangedLater() {
		long id = this.recorded.transact("INSERT INTO todo VALUES (3, 'a', 1, 3)");
		this.recorded.transact("UPDATE todo SET n = 2 WHERE id = 3");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.LATER_CHANGE);
		execute(plan, ConflictKind.LATER_CHANGE, Resolution.SKIP);
		assertThat(todo(3)).hasSize(1);
		execute(plan, ConflictKind.LATER_CHANGE, Resolution.OVERWRITE);
		assertThat(todo(3)).isEmpty();
	}

	@Test
	void aRecordWasDeletedSince() {
		this.recorded.transact("INSERT INTO todo VALUES (4, 'a', 1, 4)");
		long id = this.recorded.transact("UPDATE todo SET task = 'b' WHERE id = 4");
		this.recorded.transact("UPDATE todo SET n = 5 WHERE id = 4", "DELETE FROM todo WHERE id = 4");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.DELETED_SINCE);
		execute(plan, ConflictKind.DELETED_SINCE, Resolution.SKIP);
		assertThat(todo(4)).isEmpty();
		execute(plan, ConflictKind.DELETED_SINCE, Resolution.OVERWRITE);
		assertThat(todo(4)).containsExactly("a|5|4");
	}

	@Test
	void aRecordWasCreatedSince() {
		this.recorded.transact("INSERT INTO todo VALUES (5, 'a', 1, 5)");
		long id = this.recorded.transact("DELETE FROM todo WHERE id = 5");
		this.recorded.transact("INSERT INTO todo VALUES (5, 'new', 1, 55)");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.CREATED_SINCE);
		execute(plan, ConflictKind.CREATED_SINCE, Resolution.SKIP);
		assertThat(todo(5)).containsExactly("new|1|55");
		execute(plan, ConflictKind.CREATED_SINCE, Resolution.OVERWRITE);
		assertThat(todo(5)).containsExactly("a|1|5");
	}

	@Test
	void othersReferToIt() {
		long id = this.recorded.transact("INSERT INTO todo VALUES (6, 'a', 1, 6), (7, 'b', 1, 7)");
		this.recorded.transact("INSERT INTO item VALUES (6, 6, 'x')");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.REFERENCED);
		execute(plan, ConflictKind.REFERENCED, Resolution.SKIP);
		assertThat(todo(6)).hasSize(1);
		assertThat(todo(7)).isEmpty();
		execute(plan(id), ConflictKind.REFERENCED, Resolution.OVERWRITE);
		assertThat(this.recorded.query("SELECT id FROM item WHERE id = 6")).isEmpty();
		assertThat(todo(6)).isEmpty();
	}

	@Test
	void othersReferToItAndRefuse() {
		long id = this.recorded.transact("INSERT INTO todo VALUES (8, 'a', 1, 8)");
		this.recorded.transact("INSERT INTO strict VALUES (8, 8, 'x')");
		RevertPlan plan = plan(id);
		assertThatExceptionOfType(RevertConflictException.class)
			.isThrownBy(() -> execute(plan, ConflictKind.REFERENCED, Resolution.OVERWRITE))
			.satisfies((ex) -> assertThat(ex.conflicts()).extracting(RevertConflict::kind)
				.containsExactly(ConflictKind.REFERENCED));
	}

	@Test
	void othersReferToItAndAnotherOneTakesItsKeyBack() {
		this.recorded.transact("INSERT INTO todo VALUES (940, 'a', 1, 940)");
		long id = this.recorded.transact("UPDATE todo SET id = 941 WHERE id = 940",
				"INSERT INTO todo VALUES (940, 'b', 1, 942)");
		this.recorded.transact("INSERT INTO item VALUES (940, 940, 'x')");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.REFERENCED, ConflictKind.UNIQUE_TAKEN);
		assertThat(this.recorded.query("SELECT todo FROM item WHERE id = 940")).containsExactly("940");
		execute(plan, ConflictKind.REFERENCED, Resolution.OVERWRITE);
		assertThat(todo(940)).containsExactly("a|1|940");
		assertThat(this.recorded.query("SELECT id FROM item WHERE id = 940")).isEmpty();
	}

	@Test
	void whatItRefersToIsGone() {
		this.recorded.transact("INSERT INTO todo VALUES (9, 'a', 1, 9)",
				"INSERT INTO item VALUES (9, 9, 'x'), (10, 9, 'y')");
		long id = this.recorded.transact("DELETE FROM item WHERE id = 9",
				"UPDATE item SET todo = NULL, a = 'z' WHERE id = 10");
		this.recorded.transact("DELETE FROM todo WHERE id = 9");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.MISSING_REFERENCE, ConflictKind.MISSING_REFERENCE);
		execute(plan, ConflictKind.MISSING_REFERENCE, Resolution.SKIP);
		assertThat(this.recorded.query("SELECT id, todo, a FROM item WHERE id IN (9, 10)"))
			.containsExactly("10|null|y");
	}

	@Test
	void aValueIsTaken() {
		this.recorded.transact("INSERT INTO todo VALUES (11, 'a', 1, 11), (12, 'b', 1, 12)");
		long id = this.recorded.transact("UPDATE todo SET code = 13, n = 2 WHERE id = 11");
		this.recorded.transact("UPDATE todo SET code = 11 WHERE id = 12");
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.UNIQUE_TAKEN);
		execute(plan, ConflictKind.UNIQUE_TAKEN, Resolution.SKIP);
		assertThat(todo(11)).containsExactly("a|1|13");
	}

	@Test
	void columnsAndTablesAreGone() {
		this.recorded.database()
			.execute("CREATE TABLE changing (id bigint PRIMARY KEY, a text, b text); SELECT bemi.track_all()",
					"CREATE TABLE going (id bigint PRIMARY KEY, a text); SELECT bemi.track_all()");
		this.recorded.transact("INSERT INTO changing VALUES (1, 'a', 'b')", "INSERT INTO going VALUES (1, 'a')");
		long id = this.recorded.transact("UPDATE changing SET a = 'x', b = 'y'", "DELETE FROM going");
		this.recorded.changes().awaitIngested();
		this.recorded.database().execute("ALTER TABLE changing DROP COLUMN b", "DROP TABLE going");
		RevertPlan plan = plan(id);
		assertThat(plan.conflicts()).extracting(RevertConflict::kind)
			.containsExactlyInAnyOrder(ConflictKind.COLUMN_GONE, ConflictKind.TABLE_GONE);
		this.recorded.reverter()
			.execute(plan,
					RevertOptions.defaults()
						.on(ConflictKind.COLUMN_GONE, Resolution.SKIP)
						.on(ConflictKind.TABLE_GONE, Resolution.SKIP));
		assertThat(this.recorded.query("SELECT a FROM changing")).containsExactly("a");
	}

	@Test
	void noOrderWillDo() {
		String insert = "WITH a AS (INSERT INTO one VALUES (1, 1)) INSERT INTO two VALUES (1, 1)";
		long id = this.recorded.transact(insert);
		aborts(plan(id), ConflictKind.NO_ORDER, ConflictKind.NO_ORDER);
	}

	@Test
	void aTriggerWritesSomethingElse() {
		this.recorded.transact("INSERT INTO stamped VALUES (1, 'a')");
		long id = this.recorded.transact("UPDATE stamped SET a = 'b' WHERE id = 1");
		RevertPlan plan = plan(id);
		assertThat(plan.conflicts()).isEmpty();
		assertThatExceptionOfType(RevertConflictException.class)
			.isThrownBy(() -> this.recorded.reverter().execute(plan))
			.satisfies((ex) -> assertThat(ex.conflicts().get(0).columns()).containsExactly("rev"));
		assertThat(this.recorded.query("SELECT a, rev FROM stamped")).containsExactly("b|1");
		this.recorded.reverter().execute(plan, RevertOptions.defaults().withoutTriggers());
		assertThat(this.recorded.query("SELECT a, rev FROM stamped")).containsExactly("a|0");
		assertThat(this.recorded.query("SELECT tgenabled FROM pg_trigger WHERE tgname = 'stamp'")).containsExactly("O");
		long again = this.recorded.transact("UPDATE stamped SET a = 'c' WHERE id = 1");
		RevertReport report = execute(plan(again), ConflictKind.ALTERED, Resolution.SKIP);
		assertThat(report.skipped()).hasSize(1);
		assertThat(this.recorded.query("SELECT a FROM stamped")).containsExactly("a");
	}

	@Test
	void theServerRefuses() {
		this.recorded.transact("INSERT INTO todo VALUES (20, 'a', 500, 20)");
		long id = this.recorded.transact("UPDATE todo SET n = 1 WHERE id = 20");
		RevertPlan plan = plan(id);
		this.recorded.database().execute("ALTER TABLE todo ADD CONSTRAINT small CHECK (n < 400) NOT VALID");
		try {
			assertThatExceptionOfType(RevertConflictException.class)
				.isThrownBy(() -> this.recorded.reverter().execute(plan))
				.satisfies((ex) -> assertThat(ex.conflicts()).extracting(RevertConflict::kind)
					.containsExactly(ConflictKind.REJECTED))
				.withMessageContaining("\"small\"");
		}
		finally {
			this.recorded.database().execute("ALTER TABLE todo DROP CONSTRAINT small");
		}
	}

	@Test
	void whatWasBeforeIsNotKnown() {
		this.recorded.database()
			.execute("CREATE TABLE found (id bigint PRIMARY KEY, a text); INSERT INTO found VALUES (1, 'x')");
		this.recorded.database().execute("SELECT bemi.track_all()");
		this.recorded.transact("INSERT INTO found VALUES (2, 'y')");
		this.recorded.changes().awaitIngested();
		long id = this.recorded.transact("UPDATE found SET a = 'z' WHERE id = 2");
		this.recorded.changes().awaitIngested();
		this.recorded.database()
			.execute(
					"SET session_replication_role = replica; UPDATE bemi.change SET unknown = '{a}', replaced = replaced - 'a' WHERE transaction_id = "
							+ id);
		RevertPlan plan = plan(id);
		aborts(plan, ConflictKind.UNKNOWN_BEFORE);
		assertThat(execute(plan, ConflictKind.UNKNOWN_BEFORE, Resolution.SKIP).updated()).isZero();
	}

	@Test
	void somebodyWritesAfterThePlan() {
		this.recorded.transact("INSERT INTO todo VALUES (30, 'a', 1, 30), (31, 'a', 1, 31)");
		long id = this.recorded.transact("UPDATE todo SET task = 'b' WHERE id = 30", "DELETE FROM todo WHERE id = 31");
		RevertPlan plan = plan(id);
		this.recorded.transact("UPDATE todo SET task = 'c' WHERE id = 30",
				"INSERT INTO todo VALUES (31, 'again', 1, 32)");
		assertThatExceptionOfType(RevertConflictException.class)
			.isThrownBy(() -> this.recorded.reverter().execute(plan))
			.satisfies((ex) -> assertThat(ex.conflicts()).extracting(RevertConflict::kind)
				.containsExactlyInAnyOrder(ConflictKind.LATER_CHANGE, ConflictKind.CREATED_SINCE));
		this.recorded.transact("DELETE FROM todo WHERE id = 30");
		assertThatExceptionOfType(RevertConflictException.class)
			.isThrownBy(() -> this.recorded.reverter().execute(plan))
			.satisfies((ex) -> assertThat(ex.conflicts()).extracting(RevertConflict::kind)
				.containsExactlyInAnyOrder(ConflictKind.DELETED_SINCE, ConflictKind.CREATED_SINCE));
	}

	@Test
	void refusesAResolutionThatCannotBe() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RevertOptions.defaults().on(ConflictKind.UNIQUE_TAKEN, Resolution.OVERWRITE))
			.withMessageContaining("'resolution' of UNIQUE_TAKEN must be one of [ABORT, SKIP]");
	}

}
