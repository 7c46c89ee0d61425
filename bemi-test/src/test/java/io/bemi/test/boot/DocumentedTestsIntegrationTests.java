package io.bemi.test.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.change.Operation;
import io.bemi.context.BemiContext;
import io.bemi.query.Changes;
import io.bemi.test.BemiTest;
import io.bemi.test.InState;
import io.bemi.test.StateMove;
import io.bemi.test.TestStates;
import io.bemi.test.TestStates.Including;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static io.bemi.test.BemiAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code docs/testing.md} shows is what runs here.
 */
@SpringBootTest
@BemiTest(sequences = true)
@DirtiesContext
class DocumentedTestsIntegrationTests {

	private static final TestDatabase database = ShopApplication.createDatabase();

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private TestStates states;

	@DynamicPropertySource
	static void useTestDatabase(DynamicPropertyRegistry registry) {
		ShopApplication.use(database, registry);
	}

	@BeforeAll
	static void seed(@Autowired JdbcClient jdbc, TestStates states) {
		jdbc.sql("INSERT INTO todo (task) VALUES ('Sleep'), ('Eat')").update();
		states.mark("seeded");
		jdbc.sql("INSERT INTO todo (task) VALUES ('Repeat')").update();
		states.mark("busy");
	}

	@AfterAll
	static void dropTestDatabase() {
		assertThat(database.query("SELECT * FROM todo")).as("what the class has found").isEmpty();
		database.close();
	}

	@RepeatedTest(2)
	void eachTestBeginsWithTheSameRowsAndKeys() throws Exception {
		assertThat(database.query("SELECT task FROM todo ORDER BY id")).containsExactly("Sleep", "Eat", "Repeat");
		ShopApplication.elsewhere(this.jdbc, "DELETE FROM todo");
		ShopApplication.elsewhere(this.jdbc, "INSERT INTO todo (task) VALUES ('Nap')");
		assertThat(database.query("SELECT id, task FROM todo")).containsExactly("4|Nap");
	}

	@Test
	@InState("seeded")
	void aTestBeginsInAState() {
		assertThat(database.query("SELECT task FROM todo ORDER BY id")).containsExactly("Sleep", "Eat");
	}

	@Test
	void statesByHand() throws Exception {
		states.mark("before the import", Including.SEQUENCES);
		ShopApplication.elsewhere(this.jdbc, "INSERT INTO todo (task) SELECT 'imported' FROM generate_series(1, 10)");
		states.mark("imported");
		StateMove move = states.rollbackTo("before the import");
		assertThat(move.deleted()).isEqualTo(10);
		states.rollForwardTo("imported");
		assertThat(database.query("SELECT count(*) FROM todo")).containsExactly("13");
	}

	@Test
	void assertions(Changes changes, TestStates states) {
		states.rollbackTo("seeded");
		BemiContext.run(Map.of("user", "ann"), () -> {
			this.jdbc.sql("UPDATE todo SET task = 'Sleep well' WHERE id = 1").update();
			this.jdbc.sql("UPDATE todo SET due = '2026-12-24' WHERE id = 1").update();
		});
		assertThat(changes).since(states, "seeded").touchedOnly("todo").hasContext("user", "ann").hasCount(2);
		assertThat(changes).since(states, "seeded").hasCount(Operation.DELETE, 0);
		assertThat(changes).since(states, "seeded")
			.ofRecord("todo", 1)
			.hasDiff("task", "Sleep", "Sleep well")
			.hasDiff("due", null, LocalDate.of(2026, 12, 24));
		assertThat(changes).since(states, "seeded").matching((query) -> query.context("user", "bob")).isEmpty();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(changes).since(states, "seeded").touchedOnly("tag"))
			.withMessageContaining("Expected changes in the tables [tag] only, but there are some in [public.todo]")
			.withMessageContaining("UPDATE public.todo 1 {task: Sleep -> Sleep well} by {user: ann}");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(changes).since(states, "seeded").hasContext("user", "bob"))
			.withMessageContaining("Expected the context {user=bob}, but 2 of 2 changes have another one");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(changes).since(states, "seeded").ofRecord("todo", 1).hasDiff("task", "a", "b"))
			.withMessageContaining("Expected task to go from <a> to <b>, but it went from <Sleep> to <Sleep well>");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(changes).since(states, "seeded").touched("todo", "tag"))
			.withMessageContaining("there is none in [tag]");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(changes).as("the job").since(states, "seeded").hasCount(Operation.CREATE, 1))
			.withMessageContaining("[the job] Expected 1 changes of the kind CREATE, but there are 0");
		states.mark("now");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(changes).since(states, "now").hasContext("user", "ann"))
			.withMessageContaining("there is no change");
	}

	@Test
	void whatIsYetToCome(Changes changes) throws Exception {
		states.mark("requested");
		Thread job = new Thread(() -> this.jdbc.sql("SELECT pg_sleep(0.3)").query().singleValue());
		job.start();
		Thread write = new Thread(() -> {
			try {
				job.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.jdbc.sql("INSERT INTO tag (name) VALUES ('late')").update();
		});
		write.start();
		assertThat(changes).since(states, "requested").within(Duration.ofSeconds(10)).touchedOnly("tag");
		write.join();
	}

	@Test
	void aMoveSaysInTheHistoryWhatItWas(Changes changes) {
		this.jdbc.sql("DELETE FROM todo").update();
		states.mark("empty");
		states.rollbackTo("busy");
		assertThat(changes).since(states, "empty")
			.touchedOnly("todo")
			.hasCount(Operation.CREATE, 3)
			.hasContext("bemi.revert", Map.of("state", "busy", "reason", "the test state 'busy'"));
		assertThat(changes).since(states, "busy").isEmpty();
		assertThat(changes).matching((query) -> query.context("bemi.revert", Map.of("state", "busy"))).touched("todo");
	}

	@Test
	void theDocumentationShowsWhatRunsHere() throws IOException {
		String source = squeezed(Files
			.readString(Path.of("../bemi-test/src/test/java/io/bemi/test/boot/DocumentedTestsIntegrationTests.java")))
				+ squeezed(Files.readString(
						Path.of("../bemi-test/src/test/java/io/bemi/test/TestStatesExtensionIntegrationTests.java")));
		Matcher blocks = Pattern.compile("(?s)```java\n(.*?)```")
			.matcher(Files.readString(Path.of("../docs/testing.md")));
		int count = 0;
		while (blocks.find()) {
			count++;
			for (String statement : List.of(blocks.group(1).split("(?m)^\\s*$|^\\s*//.*$|^\\s*…$"))) {
				assertThat(source).contains(squeezed(statement));
			}
		}
		assertThat(count).isGreaterThan(2);
	}

	private static String squeezed(String code) {
		return code.replaceAll("//.*", "").replaceAll("\\s+", "").replace("this.", "");
	}

}
