package io.bemi.revert;

import java.util.List;

import io.bemi.tracking.ColumnRules;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A revert writes back neither masks nor nulls in the place of what is not recorded.
 */
class ChosenColumnsIntegrationTests {

	private static final ColumnRules RULES = new ColumnRules(List.of("*.secret"), List.of("hashed", "starred=***"),
			"a key of at least thirty-two characters", List.of("seen"));

	private static final String COLUMNS = "(id int PRIMARY KEY, name text, hashed text, starred text, seen int, secret text";

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void leavesColumnsAloneThatAreNotRecorded(int version) throws Exception {
		try (Reverted recorded = Reverted.of(version, RULES, "CREATE TABLE person " + COLUMNS + " DEFAULT 'd')",
				"CREATE TABLE whole " + COLUMNS + " DEFAULT 'd'); ALTER TABLE whole REPLICA IDENTITY FULL")) {
			for (String table : List.of("person", "whole")) {
				recorded.transact(
						"INSERT INTO " + table + " VALUES (1, 'a', 'h', 's', 0, 'x'), (2, 'a', 'h', 's', 0, 'x')");
				long updated = recorded.transact("UPDATE " + table
						+ " SET name = 'b', hashed = 'h2', starred = 's2', secret = 'y' WHERE id = 1");
				long created = recorded.transact("INSERT INTO " + table + " VALUES (3, 'c', 'h', 's', 0, 'x')");
				recorded.transact("UPDATE " + table + " SET secret = 'z' WHERE id = 3");
				RevertPlan plan = recorded.reverter().planTransaction(updated);
				assertThat(plan.steps()).singleElement()
					.satisfies((step) -> assertThat(step.to().keySet()).containsExactly("name"));
				assertThat(plan.conflicts()).isEmpty();
				recorded.reverter().execute(plan);
				recorded.revert(created);
				assertThat(recorded.query("SELECT * FROM " + table + " ORDER BY id")).containsExactly("1|a|h2|s2|0|y",
						"2|a|h|s|0|x");
				long deleted = recorded.transact("DELETE FROM " + table + " WHERE id = 2");
				recorded.revert(deleted);
				assertThat(recorded.query("SELECT * FROM " + table + " ORDER BY id")).containsExactly("1|a|h2|s2|0|y",
						"2|a|null|null|0|d");
				long truncated = recorded.transact("TRUNCATE " + table);
				recorded.revert(truncated);
				assertThat(recorded.query("SELECT * FROM " + table + " ORDER BY id"))
					.containsExactly("1|a|null|null|0|d", "2|a|null|null|0|d");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRecordIsNotRestoredWithoutAValueThatItMustHave(int version) throws Exception {
		try (Reverted recorded = Reverted.of(version, RULES,
				"CREATE TABLE person (id int PRIMARY KEY, name text, secret text NOT NULL, hashed text NOT NULL)",
				"CREATE TABLE keyless (id int, secret text); ALTER TABLE keyless REPLICA IDENTITY FULL")) {
			recorded.transact("INSERT INTO person VALUES (1, 'a', 'x', 'h'), (2, 'a', 'x', 'h')");
			long deleted = recorded.transact("DELETE FROM person WHERE id = 1",
					"UPDATE person SET name = 'b' WHERE id = 2");
			RevertPlan plan = recorded.reverter().planTransaction(deleted);
			assertThat(plan.conflicts()).singleElement().satisfies((conflict) -> {
				assertThat(conflict.kind()).isEqualTo(ConflictKind.UNKNOWN_BEFORE);
				assertThat(conflict.message()).contains("no value for secret, hashed");
			});
			recorded.reverter()
				.execute(plan, RevertOptions.defaults().on(ConflictKind.UNKNOWN_BEFORE, Resolution.SKIP));
			assertThat(recorded.query("SELECT * FROM person")).containsExactly("2|a|x|h");
			// Nothing says which of several rows it is.
			long created = recorded.transact("INSERT INTO keyless VALUES (1, 'x')");
			assertThat(recorded.reverter().planTransaction(created).conflicts()).extracting(RevertConflict::kind)
				.containsExactly(ConflictKind.DELETED_SINCE);
		}
	}

}
