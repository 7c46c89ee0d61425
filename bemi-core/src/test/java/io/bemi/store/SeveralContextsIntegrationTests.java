package io.bemi.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Transactions of Spring in which the context changes: from the application to the view
 * {@code changes}, each row has the context it was written in.
 */
class SeveralContextsIntegrationTests {

	private static final String[] SCHEMA = { "CREATE TABLE parent (id int PRIMARY KEY)",
			"CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON UPDATE CASCADE ON DELETE CASCADE)",
			"CREATE FUNCTION write_late() RETURNS trigger LANGUAGE plpgsql AS"
					+ " $$ BEGIN INSERT INTO todo VALUES (NEW.id + 100, 'late'); RETURN NULL; END $$",
			"CREATE CONSTRAINT TRIGGER late AFTER INSERT ON todo DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
					+ " WHEN (NEW.task = 'deferred') EXECUTE FUNCTION write_late()",
			"ALTER PUBLICATION bemi ADD TABLE parent, child" };

	private static final String EXCEPTION_BLOCK = """
			DO $$ BEGIN
			  INSERT INTO todo VALUES (41, 'x');
			  BEGIN
			    INSERT INTO todo VALUES (42, 'x');
			    PERFORM 1 / 0;
			  EXCEPTION WHEN division_by_zero THEN
			    INSERT INTO todo VALUES (43, 'x');
			  END;
			END $$""";

	@ParameterizedTest
	@CsvSource({ "14, never", "14, always", "18, never", "18, always" })
	void eachRowHasItsOwn(int version, String autosave) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.database().execute(SCHEMA);
			capture.start();
			Application application = new Application(capture.database(), autosave);
			application.keepsNested();
			application.rollsNestedBack();
			application.requiresNew();
			application.catchesInDatabase();
			application.writesAtCommit();
			application.cascades();
			if (autosave.equals("always")) {
				application.goesOnAfterFailure();
			}
			List<String> expected = Application.expected(autosave);
			capture.awaitChanges(expected.size());
			assertThat(capture.database()
				.query("SELECT \"table\", primary_key, operation, metadata ->> 'user' FROM bemi.changes ORDER BY id"))
				.containsExactlyElementsOf(expected);
		}
	}

	/**
	 * An application that changes its context within transactions.
	 */
	private static final class Application {

		private final JdbcTemplate jdbc;

		private final TransactionTemplate transaction;

		private final TransactionTemplate nested;

		private final TransactionTemplate separate;

		Application(TestDatabase database, String autosave) throws SQLException {
			PGSimpleDataSource bare = (PGSimpleDataSource) database.dataSource();
			bare.setProperty("autosave", autosave);
			BemiDataSource dataSource = new BemiDataSource(bare);
			DataSourceTransactionManager manager = new DataSourceTransactionManager(dataSource);
			this.jdbc = new JdbcTemplate(dataSource);
			this.transaction = new TransactionTemplate(manager);
			this.nested = new TransactionTemplate(manager);
			this.nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			this.separate = new TransactionTemplate(manager);
			this.separate.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		}

		static List<String> expected(String autosave) {
			List<String> always = List.of("todo|11|CREATE|outer", "todo|12|CREATE|inner", "todo|13|CREATE|outer",
					"todo|21|CREATE|outer", "todo|24|CREATE|after", "todo|32|CREATE|own", "todo|31|CREATE|outer",
					"todo|33|CREATE|outer", "todo|40|CREATE|before", "todo|41|CREATE|block", "todo|43|CREATE|block",
					"todo|44|CREATE|null", "todo|50|CREATE|first", "todo|51|CREATE|last", "todo|150|CREATE|last",
					"parent|1|CREATE|a", "child|2|CREATE|a", "parent|3|UPDATE|b", "child|2|UPDATE|b",
					"parent|3|DELETE|c", "child|2|DELETE|c");
			Stream<String> more = Stream.of("todo|61|CREATE|first", "todo|62|CREATE|third");
			return autosave.equals("always") ? Stream.concat(always.stream(), more).toList() : always;
		}

		void keepsNested() {
			this.transaction.executeWithoutResult((status) -> BemiContext.run(Map.of("user", "outer"), () -> {
				insert(11);
				this.nested.executeWithoutResult((inner) -> as("inner", 12));
				insert(13);
			}));
		}

		void rollsNestedBack() {
			this.transaction.executeWithoutResult((status) -> {
				as("outer", 21);
				this.nested.executeWithoutResult((inner) -> {
					as("inner", 22);
					as("innermost", 23);
					inner.setRollbackOnly();
				});
				as("after", 24);
			});
		}

		void requiresNew() {
			this.transaction.executeWithoutResult((status) -> BemiContext.run(Map.of("user", "outer"), () -> {
				insert(31);
				this.separate.executeWithoutResult((own) -> as("own", 32));
				insert(33);
			}));
		}

		void catchesInDatabase() {
			this.transaction.executeWithoutResult((status) -> {
				as("before", 40);
				BemiContext.run(Map.of("user", "block"), () -> this.jdbc.execute(EXCEPTION_BLOCK));
				insert(44);
			});
		}

		// What a trigger writes at COMMIT belongs to the last context.
		void writesAtCommit() {
			this.transaction.executeWithoutResult((status) -> {
				BemiContext.run(Map.of("user", "first"),
						() -> this.jdbc.update("INSERT INTO todo VALUES (50, 'deferred')"));
				as("last", 51);
			});
		}

		void cascades() {
			this.transaction.executeWithoutResult((status) -> {
				BemiContext.run(Map.of("user", "a"), () -> {
					this.jdbc.update("INSERT INTO parent VALUES (1)");
					this.jdbc.update("INSERT INTO child VALUES (2, 1)");
				});
				BemiContext.run(Map.of("user", "b"), () -> this.jdbc.update("UPDATE parent SET id = 3"));
				BemiContext.run(Map.of("user", "c"), () -> this.jdbc.update("DELETE FROM parent"));
			});
		}

		void goesOnAfterFailure() {
			this.transaction.executeWithoutResult((status) -> {
				as("first", 61);
				assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> as("second", 61));
				as("third", 62);
			});
		}

		private void as(String user, int id) {
			BemiContext.run(Map.of("user", user), () -> insert(id));
		}

		private void insert(int id) {
			this.jdbc.update("INSERT INTO todo VALUES (?, 'x')", id);
		}

	}

}
