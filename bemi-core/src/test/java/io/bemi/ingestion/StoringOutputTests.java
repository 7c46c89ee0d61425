package io.bemi.ingestion;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.replication.SourceIdentity;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StoringOutput}.
 */
class StoringOutputTests {

	private final RecordingSink sink = new RecordingSink();

	private long seconds;

	private final StoringOutput output = output(new Position(50));

	private StoringOutput output(Position from) {
		SinkSource source = new SinkSource(1, new Position(100), 1);
		return new StoringOutput(this.sink, source, new MemoryLimit(3, 100), new KeyMoves(),
				new Resumption(this.sink, source, from), new StoringThread(Runnable::run),
				() -> TimeUnit.SECONDS.toNanos(this.seconds));
	}

	private static SourceTransaction transaction(long position) {
		return new SourceTransaction(new Position(position), Instant.EPOCH, position);
	}

	private void accept(long position, int poison) {
		List<PoisonRow> rows = new ArrayList<>();
		for (int i = 0; i < poison; i++) {
			rows.add(new PoisonRow(transaction(position), i, null, "row", "error"));
		}
		this.output.transaction(transaction(position), List.of(), List.of(), rows, new Position(position + 5));
	}

	private void part(long position, List<TransactionContext> contexts, List<PoisonRow> poison) {
		this.output.part(transaction(position), new ArrayList<>(), new ArrayList<>(contexts), new ArrayList<>(poison));
	}

	@Test
	void storesManyTransactionsInOneWriteUpToTheLastCommit() {
		accept(110, 1);
		accept(120, 1);
		assertThat(this.sink.log).isEmpty();
		this.output.flush();
		assertThat(this.sink.log).containsExactly("begin 100 -> 120", "poison 110", "poison 120", "commit");
		assertThat(this.output.storedUpTo()).isEqualTo(new Position(121));
	}

	@Test
	void goesOnFromTheLastCommit() {
		accept(110, 1);
		this.output.flush();
		accept(120, 1);
		this.output.flush();
		assertThat(this.sink.log).filteredOn((line) -> line.startsWith("begin"))
			.containsExactly("begin 100 -> 110", "begin 110 -> 120");
	}

	@Test
	void emptyTransactionsCauseAWriteOnlyWhenTheLogHasGrownByALot() {
		accept(110, 0);
		assertThat(this.output.hasPending()).isFalse();
		this.output.flush();
		assertThat(this.sink.log).isEmpty();
		assertThat(this.output.storedUpTo()).isEqualTo(new Position(101));
		accept(2_000_000, 0);
		assertThat(this.sink.log).containsExactly("begin 100 -> 2000004", "commit");
		assertThat(this.output.storedUpTo()).isEqualTo(new Position(2_000_005));
		// Another one would be too soon.
		accept(4_000_000, 0);
		assertThat(this.sink.log).hasSize(2);
	}

	@Test
	void whatIsLeftOverOnceOthersStopWritingIsNotedLate() {
		accept(2_000_000, 0);
		assertThat(this.sink.log).hasSize(2);
		this.seconds = 9;
		this.output.skipTo(new Position(2_900_000));
		assertThat(this.sink.log).hasSize(2);
		this.seconds = 10;
		this.output.skipTo(new Position(2_900_000));
		assertThat(this.sink.log).endsWith("begin 2000004 -> 2899999", "commit");
		// What noting it writes is never noted.
		this.seconds = 1000;
		this.output.skipTo(new Position(2_910_000));
		assertThat(this.sink.log).hasSize(4);
	}

	@Test
	void aPlaceThatSomebodyWaitsForIsNotedOnceForAll() {
		accept(110, 0);
		this.output.barrier(transaction(110), new Position(115));
		accept(120, 0);
		this.output.barrier(transaction(120), new Position(125));
		assertThat(this.output.hasPending()).isTrue();
		assertThat(this.sink.log).isEmpty();
		this.output.flush();
		assertThat(this.sink.log).containsExactly("begin 100 -> 124", "commit");
		assertThat(this.output.storedUpTo()).isEqualTo(new Position(125));
		this.output.flush();
		assertThat(this.sink.log).hasSize(2);
	}

	@Test
	void aPlaceThatSomebodyWaitsForIsNotedWithWhatIsBefore() {
		accept(110, 1);
		accept(120, 0);
		this.output.barrier(transaction(120), new Position(125));
		this.output.flush();
		assertThat(this.sink.log).containsExactly("begin 100 -> 124", "poison 110", "commit");
	}

	@Test
	void aPlaceThatIsStoredIsNotNotedAgain() {
		accept(90, 0);
		this.output.barrier(transaction(90), new Position(95));
		accept(110, 1);
		this.output.barrier(transaction(110), new Position(115));
		this.output.flush();
		assertThat(this.sink.log).containsExactly("begin 100 -> 110", "poison 110", "commit");
	}

	@Test
	void nothingIsSkippedWhileSomethingIsPending() {
		accept(110, 1);
		this.output.skipTo(new Position(2_000_000));
		assertThat(this.sink.log).isEmpty();
	}

	@Test
	void aTransactionThatIsSentAgainIsTheOneThatIsStored() {
		accept(90, 1);
		assertThat(this.sink.log).isEmpty();
		this.sink.holds = false;
		accept(95, 0);
		assertThatExceptionOfType(BrokenHistoryException.class).isThrownBy(() -> accept(95, 1))
			.withMessageContaining("the transaction at 0/5F is not the one that is recorded there")
			.satisfies((ex) -> assertThat(ex.end()).isEqualTo(new Position(49)));
		assertThatExceptionOfType(BrokenHistoryException.class)
			.isThrownBy(() -> part(99, List.of(), List.of(new PoisonRow(transaction(99), 0, null, "row", "error"))));
	}

	@Test
	void theLastTransactionThatIsStoredIsSentAgain() {
		this.sink.endsWithTransaction = true;
		accept(100, 0);
		accept(110, 1);
		assertThatExceptionOfType(BrokenHistoryException.class).isThrownBy(() -> {
			StoringOutput other = output(new Position(50));
			other.skipTo(new Position(100));
			other.skipTo(new Position(101));
		}).withMessageContaining("there is no transaction at 0/64");
		output(new Position(101)).skipTo(new Position(110));
		this.sink.endsWithTransaction = false;
		output(new Position(50)).skipTo(new Position(110));
	}

	@Test
	void skipsWhatIsStoredAlready() {
		accept(100, 1);
		accept(90, 1);
		assertThat(this.output.hasPending()).isFalse();
		accept(110, 1);
		accept(110, 1);
		this.output.flush();
		assertThat(this.sink.log).containsExactly("begin 100 -> 110", "poison 110", "commit");
	}

	@Test
	void isFullAtTheLimit() {
		accept(110, 2);
		assertThat(this.output.isFull()).isFalse();
		accept(120, 1);
		assertThat(this.output.isFull()).isTrue();
	}

	@Test
	void isFullByTheLengthOfItsContexts() {
		List<TransactionContext> contexts = List.of(new TransactionContext(transaction(110), 0, "x".repeat(94)));
		PoisonRow row = new PoisonRow(transaction(110), 0, null, "row", "error");
		this.output.transaction(transaction(110), List.of(), contexts, List.of(row), new Position(115));
		assertThat(this.output.isFull()).isFalse();
		this.output.transaction(transaction(120), List.of(), List.of(), List.of(row), new Position(125));
		assertThat(this.output.isFull()).isTrue();
	}

	@Test
	void countsCharactersToo() {
		MemoryLimit limit = new MemoryLimit(3, 100);
		assertThat(limit.isReached(2, 99)).isFalse();
		assertThat(limit.isReached(3, 0)).isTrue();
		assertThat(limit.isReached(1, 100)).isTrue();
	}

	@Test
	void aLargeTransactionHasAWriteOfItsOwnAfterWhatCameBefore() {
		accept(110, 1);
		PoisonRow row = new PoisonRow(transaction(120), 0, null, "row", "error");
		part(120, List.of(), List.of(row));
		part(120, List.of(), List.of(row));
		assertThat(this.sink.log).containsExactly("begin 100 -> 110", "poison 110", "commit", "begin 110 -> 120",
				"poison 120", "poison 120");
		this.output.end(transaction(120), new Position(125));
		assertThat(this.sink.log).endsWith("poison 120", "commit");
		assertThat(this.output.storedUpTo()).isEqualTo(new Position(121));
	}

	@Test
	void theContextsOfALargeTransactionGoWithItsParts() {
		part(120, List.of(new TransactionContext(transaction(120), 0, "session")), List.of());
		this.output.replaceContexts(transaction(120), "{}");
		this.output.end(transaction(120), new Position(125));
		assertThat(this.sink.log).containsExactly("begin 100 -> 120", "context 7", "contexts of 120 {}", "commit");
	}

	@Test
	void aLargeTransactionThatIsStoredAlreadyIsSkipped() {
		part(100, List.of(), List.of());
		this.output.replaceContexts(transaction(100), "{}");
		this.output.end(transaction(100), new Position(105));
		assertThat(this.sink.log).isEmpty();
	}

	@Test
	void closingAbandonsALargeTransactionThatHasNotEnded() {
		part(120, List.of(), List.of());
		this.output.close();
		assertThat(this.sink.log).containsExactly("begin 100 -> 120", "rollback");
	}

	/**
	 * A sink that writes down what it is told.
	 */
	private static final class RecordingSink implements ChangeSink {

		private final List<String> log = new ArrayList<>();

		private boolean holds = true;

		private boolean endsWithTransaction;

		@Override
		public boolean endsWithTransaction(SinkSource source) {
			return this.endsWithTransaction;
		}

		@Override
		public boolean holds(SinkSource source, SourceTransaction transaction) {
			return this.holds;
		}

		@Override
		public SinkSource open(SourceIdentity identity) {
			throw new IllegalStateException();
		}

		@Override
		public SinkSource supersede(SinkSource source, SourceIdentity identity, String reason) {
			throw new IllegalStateException();
		}

		@Override
		public SinkWrite begin(SinkSource source, Position next) {
			Position expected = source.position();
			this.log.add("begin " + ((expected != null) ? expected.value() : "none") + " -> " + next.value());
			return new RecordingWrite(this.log);
		}

		@Override
		public List<PendingBaseline> baselines(SinkSource source) {
			return List.of();
		}

		@Override
		public void close() {
			// Nothing is open.
		}

	}

	private static final class RecordingWrite implements SinkWrite {

		private final List<String> log;

		private boolean committed;

		RecordingWrite(List<String> log) {
			this.log = log;
		}

		@Override
		public void append(List<RowChange> changes) {
			assertThat(changes).isEmpty();
		}

		@Override
		public void appendContexts(List<TransactionContext> contexts) {
			contexts.forEach((context) -> this.log.add("context " + context.metadata().length()));
		}

		@Override
		public void replaceContexts(SourceTransaction transaction, String metadata) {
			this.log.add("contexts of " + transaction.position().value() + " " + metadata);
		}

		@Override
		public void quarantine(PoisonRow poison) {
			this.log.add("poison " + poison.transaction().position().value());
		}

		@Override
		public void skip(SkippedTransaction skipped) {
			this.log.add("skip " + skipped.transaction().position().value());
		}

		@Override
		public void beginHistory(SourceTransaction moment) {
			throw new IllegalStateException();
		}

		@Override
		public void requestBaseline(TrackedRelation table, SourceTransaction since, long ordinal, boolean empty) {
			throw new IllegalStateException();
		}

		@Override
		public void append(BaselineChunk chunk) {
			throw new IllegalStateException();
		}

		@Override
		public void endBaseline(PendingBaseline baseline, String reason) {
			throw new IllegalStateException();
		}

		@Override
		public void commit() {
			this.committed = true;
			this.log.add("commit");
		}

		@Override
		public void close() {
			if (!this.committed) {
				this.log.add("rollback");
			}
		}

	}

}
