package io.bemi.ingestion;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyMoves}.
 */
class KeyMovesTests {

	private static final int KEYED = 1;

	private static final int KEYLESS = 2;

	private final KeyMoves moves = new KeyMoves();

	private void update(int oid, long transaction, @Nullable String previousKey) {
		Relation relation = new Relation(oid, "public", "t", 'd', List.of(new Column(oid == KEYED, "id", 23, -1)));
		TrackedRelation table = TrackedRelation.of(new ChosenColumns(relation, ColumnRules.NONE), Position.ZERO,
				List.of(), new NoCatalog());
		this.moves.observe(new RowChange(new SourceTransaction(Position.ZERO, Instant.EPOCH, transaction), 0, 0, table,
				RowOperation.UPDATE, "new", previousKey, null, null));
	}

	private static SourceSnapshot snapshot(long min, long max, Long... running) {
		return new SourceSnapshot(Instant.EPOCH, min, max, Set.of(running));
	}

	@Test
	void coversWhatHasBegunSinceItWatches() {
		assertThat(this.moves.covers(snapshot(100, 100))).isFalse();
		this.moves.watch(100);
		assertThat(this.moves.covers(snapshot(99, 100, 99L))).isFalse();
		assertThat(this.moves.covers(snapshot(100, 105))).isTrue();
	}

	@Test
	void knowsARecordThatHasLeftItsKeyUnseen() {
		this.moves.watch(100);
		update(KEYED, 101, "old");
		update(KEYED, 102, null);
		assertThat(this.moves.keyOf(KEYED, "old", snapshot(101, 103, 101L))).isEqualTo("new");
		assertThat(this.moves.keyOf(KEYED, "old", snapshot(102, 103))).isEqualTo("old");
		assertThat(this.moves.keyOf(KEYED, "other", snapshot(101, 103, 101L))).isEqualTo("other");
		assertThat(this.moves.keyOf(KEYLESS, "old", snapshot(101, 103, 101L))).isEqualTo("old");
	}

	@Test
	void doesNotMixRecordsUp() {
		this.moves.watch(100);
		update(KEYED, 101, "old");
		// Another record had that key.
		assertThat(this.moves.keyOf(KEYED, "new", snapshot(101, 103, 101L))).isNull();
		assertThat(this.moves.keyOf(KEYED, "new", snapshot(102, 103))).isEqualTo("new");
		update(KEYED, 102, "new");
		assertThat(this.moves.keyOf(KEYED, "old", snapshot(101, 103, 101L, 102L))).isNull();
	}

	@Test
	void knowsWhoHasWrittenToATableWithoutKeyUnseen() {
		this.moves.watch(100);
		update(KEYLESS, 101, null);
		update(KEYED, 102, null);
		assertThat(this.moves.isWritten(KEYLESS, snapshot(101, 103, 101L))).isTrue();
		assertThat(this.moves.isWritten(KEYLESS, snapshot(102, 103, 102L))).isFalse();
		assertThat(this.moves.isWritten(KEYED, snapshot(101, 103, 102L))).isFalse();
	}

	@Test
	void forgetsWhatASnapshotSees() {
		this.moves.watch(100);
		update(KEYED, 101, "old");
		this.moves.covers(snapshot(102, 103));
		assertThat(this.moves.keyOf(KEYED, "old", snapshot(101, 103, 101L))).isEqualTo("old");
	}

	@Test
	void beginsAnewInsteadOfGrowing() {
		this.moves.watch(100);
		update(KEYED, 205, "first");
		for (int i = 0; i <= 100_000; i++) {
			update(KEYED, 200, "key " + i);
		}
		assertThat(this.moves.covers(snapshot(200, 206))).isFalse();
		assertThat(this.moves.covers(snapshot(206, 207))).isTrue();
	}

	@Test
	void beginsAnewInsteadOfGrowingByLongKeys() {
		this.moves.watch(100);
		String padding = "x".repeat(2_000);
		for (int i = 0; i < 4_000; i++) {
			update(KEYED, 101, i + padding);
		}
		assertThat(this.moves.covers(snapshot(100, 105))).isTrue();
		// What a snapshot sees is forgotten, and with it its length.
		assertThat(this.moves.covers(snapshot(102, 105))).isTrue();
		for (int i = 0; i < 4_000; i++) {
			update(KEYED, 103, i + padding);
		}
		assertThat(this.moves.covers(snapshot(102, 105, 103L))).isTrue();
		for (int i = 4_000; i < 5_000; i++) {
			update(KEYED, 103, i + padding);
		}
		assertThat(this.moves.covers(snapshot(103, 105, 103L))).isFalse();
	}

	@Test
	void remembersNothingUnlessItWatches() {
		update(KEYED, 101, "old");
		assertThat(this.moves.keyOf(KEYED, "old", snapshot(101, 103, 101L))).isEqualTo("old");
		this.moves.watch(100);
		this.moves.stop();
		assertThat(this.moves.isWatching()).isFalse();
	}

	private static final class NoCatalog implements RowReader.Catalog {

		@Override
		public @Nullable PrimaryKey primaryKey(int oid) {
			return null;
		}

		@Override
		public io.bemi.pgoutput.PgType type(int oid) {
			return new io.bemi.pgoutput.PgType.Base();
		}

	}

}
