package io.bemi.tracking;

import java.util.List;

import io.bemi.tracking.TrackingReport.UntrackedTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The ways in which publishing a table makes the application's UPDATE or DELETE fail:
 * each table still works, and the report says what to do. Each case also shows that it is
 * one: published by hand, the write fails.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 15, 16, 17, 18 })
class PublishingIntegrationTests {

	private static final List<String> WRITES = List.of("INSERT INTO t (id) VALUES (1)", "UPDATE t SET id = 2",
			"DELETE FROM t");

	private final int version;

	private final TrackedDatabase database;

	PublishingIntegrationTests(int version) {
		this.version = version;
		this.database = new TrackedDatabase(version);
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void tableWithoutKeyIsLeftOut() {
		leavesOut("ALTER TABLE public.t ADD PRIMARY KEY", "CREATE TABLE t (id integer)");
	}

	@Test
	void tableWithDeferrableKeyIsLeftOut() {
		leavesOut("DEFERRABLE", "CREATE TABLE t (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
	}

	@Test
	void tableWithReplicaIdentityNothingIsLeftOut() {
		leavesOut("ALTER TABLE public.t REPLICA IDENTITY DEFAULT", "CREATE TABLE t (id integer PRIMARY KEY)",
				"ALTER TABLE t REPLICA IDENTITY NOTHING");
	}

	@Test
	void tableThatLostItsIdentityIndexIsLeftOut() {
		leavesOut("lost the index", "CREATE TABLE t (id integer NOT NULL)", "CREATE UNIQUE INDEX t_id ON t (id)",
				"ALTER TABLE t REPLICA IDENTITY USING INDEX t_id", "DROP INDEX t_id");
	}

	@Test
	void tableWithFullIdentityAndGeneratedColumnIsLeftOutFrom18() {
		String[] table = { "CREATE TABLE t (id integer, twice integer GENERATED ALWAYS AS (id * 2) STORED)",
				"ALTER TABLE t REPLICA IDENTITY FULL" };
		if (this.version >= 18) {
			leavesOut("generated column", table);
		}
		else {
			takesIn(table);
		}
	}

	@Test
	void tableIdentifiedByGeneratedColumnIsLeftOut() {
		this.database
			.execute("CREATE TABLE t (id integer, twice integer GENERATED ALWAYS AS (id * 2) STORED PRIMARY KEY)");
		assertThat(this.database.track().untracked()).singleElement()
			.extracting(UntrackedTable::reason)
			.asString()
			.contains("generated column");
		WRITES.forEach(this.database::execute);
	}

	@Test
	void tableWithFullIdentityAndColumnListIsTakenOut() {
		assumeThat(this.version).as("column lists came with 15").isGreaterThanOrEqualTo(15);
		this.database.execute("CREATE TABLE t (id integer PRIMARY KEY, secret text)");
		this.database.track();
		// What excluding a column does, and then somebody changes the identity.
		this.database.execute("ALTER PUBLICATION bemi DROP TABLE t", "ALTER PUBLICATION bemi ADD TABLE t (id)");
		this.database.execute("ALTER TABLE t REPLICA IDENTITY FULL");
		WRITES.forEach(this.database::execute);
		assertThat(this.database.publishedTables()).isEmpty();
		assertThat(this.database.query("SELECT obstacle FROM bemi.tracking_state")).singleElement()
			.asString()
			.isEqualTo("null");
	}

	@Test
	void columnListAndFullIdentityAreFoundAtTheNextStart() {
		assumeThat(this.version).as("column lists came with 15").isGreaterThanOrEqualTo(15);
		this.database.execute("CREATE TABLE t (id integer PRIMARY KEY, secret text)");
		this.database.track();
		this.database.execute("ALTER EVENT TRIGGER bemi_tracking DISABLE", "ALTER PUBLICATION bemi DROP TABLE t",
				"ALTER PUBLICATION bemi ADD TABLE t (id)", "ALTER TABLE t REPLICA IDENTITY FULL",
				"INSERT INTO t (id) VALUES (1)");
		fails("UPDATE t SET id = 2");
		assertThat(this.database.query("SELECT obstacle FROM bemi.tracking_state")).singleElement()
			.asString()
			.contains("column list");
		this.database.track();
		this.database.execute("UPDATE t SET id = 2", "DELETE FROM t");
	}

	@Test
	void keyIdentifies() {
		takesIn("CREATE TABLE t (id integer PRIMARY KEY)");
	}

	@Test
	void indexIdentifies() {
		takesIn("CREATE TABLE t (id integer NOT NULL)", "CREATE UNIQUE INDEX t_id ON t (id)",
				"ALTER TABLE t REPLICA IDENTITY USING INDEX t_id");
	}

	@Test
	void fullIdentityIdentifies() {
		takesIn("CREATE TABLE t (id integer)", "ALTER TABLE t REPLICA IDENTITY FULL");
	}

	@Test
	void fullIdentityServesADeferrableKey() {
		takesIn("CREATE TABLE t (id integer PRIMARY KEY DEFERRABLE)", "ALTER TABLE t REPLICA IDENTITY FULL");
	}

	private void leavesOut(String advice, String... table) {
		this.database.execute(table);
		TrackingReport report = this.database.track();
		assertThat(report.tracked()).isEmpty();
		assertThat(report.untracked()).singleElement().extracting(UntrackedTable::reason).asString().contains(advice);
		assertThat(this.database.publishedTables()).isEmpty();
		WRITES.forEach(this.database::execute);

		this.database.execute("ALTER PUBLICATION bemi ADD TABLE t", "INSERT INTO t (id) VALUES (1)");
		fails("UPDATE t SET id = 2");
		fails("DELETE FROM t");
		this.database.track();
		assertThat(this.database.publishedTables()).isEmpty();
		this.database.execute("UPDATE t SET id = 2", "DELETE FROM t");
	}

	private void takesIn(String... table) {
		this.database.execute(table);
		assertThat(this.database.track().tracked()).containsExactly("public.t");
		assertThat(this.database.publishedTables()).containsExactly("public.t");
		WRITES.forEach(this.database::execute);
	}

	private void fails(String sql) {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.database.execute(sql))
			.satisfies((failure) -> assertThat(failure.getMessage()).containsIgnoringCase("replica identity"));
	}

}
