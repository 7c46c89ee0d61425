package io.bemi.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import io.bemi.change.Position;
import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.Event.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EventReader}.
 */
class EventReaderTests {

	private final EventReader reader = new EventReader(new KafkaSettings("shop", "bemi", Map.of()));

	private final Records records = new Records(new HashMap<>());

	private Event read() {
		return this.reader.read(this.records.list().get(0)).orElseThrow();
	}

	@Test
	void readsAChange() {
		this.records.insert(1, 7, 100, 3, 1, "Ä \\\"b\\\" }");
		Change change = (Change) read();
		assertThat(change.xid()).isEqualTo(7);
		assertThat(change.order()).isEqualTo(3);
		assertThat(change.position()).isEqualTo(new Position(100));
		assertThat(change.kind()).isEqualTo(Kind.CREATE);
		assertThat(change.committedAt()).isEqualTo(1_700_000_000_000_007L);
		assertThat(change.before()).isNull();
		assertThat(change.after()).isEqualTo("{\"id\":1,\"task\":\"Ä \\\"b\\\" }\"}");
		TableDescription table = Objects.requireNonNull(change.table());
		assertThat(Field.row(table.description())).extracting(Field::name).containsExactly("id", "task");
		assertThat(Field.key(table.key())).containsExactly("id");
	}

	@Test
	void knowsTheSchemaOfTheRecordBefore() {
		this.records.insert(0, 7, 100, 1, 1, "a").insert(0, 7, 101, 2, 2, "b");
		Change first = (Change) this.reader.read(this.records.list().get(0)).orElseThrow();
		Change second = (Change) this.reader.read(this.records.list().get(1)).orElseThrow();
		assertThat(second.table()).isSameAs(first.table());
		assertThat(second.after()).isEqualTo("{\"id\":2,\"task\":\"b\"}");
	}

	@Test
	void readsAMessage() {
		this.records.message(0, 7, 100, 1, "{}");
		assertThat(read()).isEqualTo(
				new Change(7, 1, 0, new Position(100), 1_700_000_000_000_007L, Kind.MESSAGE, null, "_bemi", "7b7d"));
	}

	@Test
	void readsAnEnd() {
		this.records.at(5).end(7, 120, 3, 2);
		assertThat(read()).isEqualTo(new End(new Position(120), 7, 3, 1, 5));
	}

	@Test
	void skipsTombstonesAndEmptyTransactions() {
		this.records.add("shop.public.todo", 0, null).end(7, 120, 0);
		assertThat(this.records.list()).allSatisfy((message) -> assertThat(this.reader.read(message)).isEmpty());
	}

	@Test
	void refusesRecordsWithoutSchema() {
		this.records.add("shop.public.todo", 0, "{\"before\":null}");
		assertThatExceptionOfType(EventException.class).isThrownBy(this::read)
			.withMessage("Expected a schema with each record: JsonConverter with 'schemas.enable' = 'true'");
	}

	@Test
	void refusesSnapshots() {
		this.records.add("shop.public.todo", 0,
				"{\"schema\":{},\"payload\":{\"after\":{},\"source\":{\"txId\":1,\"lsn\":1},\"op\":\"r\"}}");
		assertThatExceptionOfType(EventException.class).isThrownBy(this::read)
			.withMessageContaining("'snapshot.mode' = 'no_data'");
	}

	@Test
	void refusesChangesWithoutTheirPlace() {
		this.records.add("shop.public.todo", 0,
				"{\"schema\":{},\"payload\":{\"after\":{},\"source\":{\"txId\":1,\"lsn\":1},\"op\":\"c\"}}");
		assertThatExceptionOfType(EventException.class).isThrownBy(this::read)
			.withMessageContaining("'provide.transaction.metadata' = 'true'");
	}

	@Test
	void refusesWhatIsNoJson() {
		this.records.add("shop.public.todo", 0, "{\"schema\":{\"a\"");
		assertThatExceptionOfType(EventException.class).isThrownBy(this::read).withMessageStartingWith("Expected JSON");
	}

}
