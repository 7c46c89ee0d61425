package io.bemi.timetravel;

import java.math.BigDecimal;
import java.util.Set;

import io.bemi.store.erasure.HistoryEraser;
import io.bemi.store.erasure.RecordErasure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What is erased is not known of the past; what stands in its place is.
 */
class ErasedPastIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void isNotKnown(int version) throws Exception {
		try (Recording recording = Recording.of(version, false, Set.of(),
				"CREATE TABLE todo (id bigint PRIMARY KEY, task text, place int)")) {
			long past = recording.transact("INSERT INTO todo VALUES (1, 'secret', 1), (2, 'secret', 2)");
			recording.await(recording.transact("UPDATE todo SET task = 'other', place = 3"));
			HistoryEraser eraser = new HistoryEraser(recording.dataSource(), "bemi");
			RecordErasure erasure = RecordErasure.of("public", "todo", "1", "test").columns("task");
			assertThat(eraser.erase(erasure).changes()).isEqualTo(2);
			assertThat(eraser.erase(RecordErasure.of("public", "todo", "2", "test").columns("task").replacedBy("***"))
				.changes()).isEqualTo(2);

			Past then = recording.travel().asOf(past);
			String message = "It is not known what column task of table public.todo held then, in the record 1";
			assertThatThrownBy(() -> then.find("todo", 1)).isInstanceOf(TimeTravelException.class).hasMessage(message);
			assertThat(then.find("todo", 2).orElseThrow()).containsEntry("task", "***")
				.containsEntry("place", BigDecimal.valueOf(2));
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			assertThatThrownBy(
					() -> recording.travel().at(past, () -> jdbc.queryForList("SELECT task FROM todo WHERE id = 1")))
				.hasStackTraceContaining(message);
			assertThat(recording.travel().at(past, () -> jdbc.queryForList("SELECT task FROM todo WHERE id = 2")))
				.hasToString("[{task=***}]");
			assertThat(recording.changes().query().table("todo").primaryKey(1).list()).allSatisfy((change) -> {
				assertThat(change.unknown()).containsExactly("task");
				assertThat(change.values()).doesNotContainKey("task").containsKey("place");
				assertThat(change.changed()).doesNotContain("task");
			});
			// What is written later is compared with what is still known.
			recording.await(recording.transact("UPDATE todo SET place = 4 WHERE id = 1"));
			assertThat(recording.store()
				.query("SELECT before, values FROM bemi.changes WHERE primary_key = '1' ORDER BY id DESC LIMIT 1"))
				.containsExactly("{\"id\": 1, \"place\": 3}|{\"id\": 1, \"task\": \"other\", \"place\": 4}");
		}
	}

}
