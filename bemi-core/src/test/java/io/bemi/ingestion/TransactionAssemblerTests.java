package io.bemi.ingestion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputDecoder;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Truncate;
import io.bemi.pgoutput.PgType;
import io.bemi.stitching.ContextMessage;
import io.bemi.stitching.ContextMessage.Source;
import io.bemi.stitching.Stitching;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TransactionAssembler}.
 */
class TransactionAssemblerTests {

	private static final int INT4 = 23;

	private final List<String> log = new ArrayList<>();

	/** The number of each row's context. */
	private final List<Integer> numbers = new ArrayList<>();

	/** The metadata of each number. */
	private final Map<Integer, String> given = new HashMap<>();

	/** What the source has noted of transactions that want to be left out. */
	private SkipRights.@Nullable Skip skip;

	private final RowReader.Catalog catalog = new RowReader.Catalog() {

		@Override
		public PrimaryKey primaryKey(int oid) {
			return new PrimaryKey(List.of(), List.of());
		}

		@Override
		public PgType type(int oid) {
			return new PgType.Base();
		}

	};

	private final TransactionAssembler assembler = new TransactionAssembler(new LoggingOutput(),
			new RowReader(this.catalog, ColumnRules.NONE), new XidEpoch(1L << 32), new MemoryLimit(4, 1_000_000),
			(transaction) -> this.skip);

	private void accept(long position, PgOutputMessage message) {
		this.assembler.accept(new Position(position), message);
	}

	private void begin(long commit) {
		this.given.clear();
		accept(0, new Begin(new Position(commit), Instant.EPOCH, 7));
		accept(0, new Relation(1, "public", "t", 'd', List.of(new Column(true, "id", INT4, -1))));
	}

	/**
	 * An INSERT of one integer, as bytes of the protocol.
	 */
	private void insert(long position, int id) {
		byte[] text = Integer.toString(id).getBytes(StandardCharsets.UTF_8);
		ByteBuffer bytes = ByteBuffer.allocate(64).put((byte) 'I').putInt(1).put((byte) 'N').putShort((short) 1);
		bytes.put((byte) 't').putInt(text.length).put(text).flip();
		accept(position, new PgOutputDecoder().decode(bytes));
	}

	private void message(long position, String prefix, String content) {
		accept(position, new LogicalMessage(true, new Position(position), prefix,
				ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer()));
	}

	private void commit(long position) {
		accept(position, new Commit(new Position(position), new Position(position + 8), Instant.EPOCH));
	}

	@Test
	void givesEachRowTheContextThatFollowsIt() {
		begin(100);
		insert(10, 1);
		message(20, "_bemi", "{\"c\":1}");
		insert(20, 2);
		insert(30, 3);
		message(40, "_bemi", "{\"c\":2}");
		insert(50, 4);
		commit(100);
		assertThat(this.log).containsExactly("rows 1:0 2:1 3:1 4:1, contexts 0={\"c\":1} 1={\"c\":2}, end 108");
	}

	@Test
	void countsASessionsMessagesOnlyWithoutTheApplications() {
		begin(100);
		insert(10, 1);
		message(20, "_bemi_session", "{\"db\":{\"user\":\"x\"}}");
		insert(30, 2);
		message(40, "_bemi_session", "{\"db\":{\"user\":\"x\"}}");
		commit(100);
		begin(200);
		insert(110, 3);
		message(120, "_bemi_session", "{\"db\":{\"user\":\"x\"}}");
		message(130, "_bemi", "{\"c\":1}");
		commit(200);
		assertThat(this.log).containsExactly("rows 1:0 2:0, contexts 0={\"_bemi\":{\"db\":{\"user\":\"x\"}}}, end 108",
				"rows 3:0, contexts 0={\"c\":1}, end 208");
	}

	@Test
	void aTransactionWithoutAMessageHasAnEmptyContext() {
		begin(100);
		insert(10, 1);
		message(20, "_bemi_heartbeat", "{}");
		commit(100);
		assertThat(this.log).containsExactly("rows 1:0, contexts 0={}, end 108");
	}

	@Test
	void tellsThatSomebodyWaits() {
		begin(100);
		message(20, "_bemi_heartbeat", "barrier");
		commit(100);
		assertThat(this.log).containsExactly("rows , contexts , end 108", "barrier 108");
		this.log.clear();
		begin(200);
		message(120, "_bemi", "barrier");
		message(130, "_bemi_heartbeat", "barriers");
		commit(200);
		assertThat(this.log).hasSize(1);
	}

	@Test
	void contextsThatWouldExhaustMemoryAreHandedOver() {
		begin(100);
		String large = "x".repeat(400_000);
		for (int id = 1; id <= 4; id++) {
			insert(10L * id, id);
			for (int repeat = 0; repeat < 5; repeat++) {
				message(10L * id + repeat + 1, "_bemi", "{\"" + id + repeat + large + "\":1}");
			}
		}
		insert(60, 5);
		commit(100);
		// Of the messages that follow each other, only those that cover a row.
		assertThat(this.log).extracting((line) -> line.replace(large, ""))
			.containsExactly("part 1:0 2:1 3:2, contexts 0={\"10\":1} 1={\"20\":1} 2={\"30\":1}",
					"part 4:3 5:4, contexts 3={\"40\":1} 4={\"44\":1}", "end 108");
	}

	@Test
	void repeatedContextsAreHandedOverOnce() {
		begin(100);
		for (int id = 1; id <= 9; id++) {
			insert(10L * id, id);
			message(10L * id + 5, "_bemi", "{\"c\":" + id % 2 + "}");
		}
		commit(100);
		assertThat(this.log).containsExactly("part 1:0 2:1 3:0 4:1, contexts 0={\"c\":1} 1={\"c\":0}",
				"part 5:0 6:1 7:0 8:1, contexts ", "part 9:0, contexts ", "end 108");
	}

	@Test
	void theApplicationReplacesWhatASessionHasSaidInPartsThatAreGone() {
		begin(100);
		for (int id = 1; id <= 5; id++) {
			insert(10L * id, id);
			message(10L * id + 5, "_bemi_session", "{\"db\":" + id + "}");
		}
		message(90, "_bemi", "{\"c\":1}");
		insert(91, 6);
		message(95, "_bemi_session", "{\"db\":6}");
		commit(100);
		assertThat(this.log).containsExactly(
				"part 1:0 2:1 3:2 4:3, contexts 0={\"_bemi\":{\"db\":1}} 1={\"_bemi\":{\"db\":2}}"
						+ " 2={\"_bemi\":{\"db\":3}} 3={\"_bemi\":{\"db\":4}}",
				"replace {\"c\":1}", "part 5:0 6:0, contexts ", "end 108");
	}

	/**
	 * Transactions of random rows and messages, in parts of four rows: what is handed
	 * over gives each row the context that the rule says.
	 */
	@Test
	void agreesWithTheRuleOnRandomTransactions() {
		Random random = new Random(28);
		for (int run = 0; run < 30_000; run++) {
			this.log.clear();
			this.numbers.clear();
			List<Position> rows = new ArrayList<>();
			List<ContextMessage> messages = new ArrayList<>();
			begin(1_000);
			long position = 1;
			int contents = 1 + random.nextInt(4);
			int kinds = random.nextInt(4);
			for (int i = random.nextInt(30); i >= 0; i--) {
				position += random.nextInt(2);
				if (random.nextInt(3) > 0) {
					rows.add(new Position(position));
					insert(position, rows.size());
				}
				else {
					boolean application = (kinds == 3) ? random.nextInt(8) == 0 : kinds == 1;
					String content = "{\"db\":" + random.nextInt(contents) + "}";
					Source source = application ? Source.APPLICATION : Source.SESSION;
					messages.add(new ContextMessage(source, new Position(position), content));
					message(position, source.prefix(), content);
				}
			}
			commit(1_000);
			int[] expected = Stitching.messageOfEachRow(rows, messages);
			assertThat(this.numbers).as(() -> rows + " " + messages + " " + this.log).hasSize(rows.size());
			for (int i = 0; i < expected.length; i++) {
				String metadata = (expected[i] >= 0) ? Metadata.of(messages.get(expected[i])) : Metadata.EMPTY;
				assertThat(this.given.get(this.numbers.get(i))).as(() -> rows + " " + messages + " " + this.log)
					.isEqualTo(metadata);
			}
		}
	}

	@Test
	void anEmptyTransactionHasNothing() {
		begin(100);
		message(20, "_bemi", "{\"c\":1}");
		commit(100);
		assertThat(this.log).containsExactly("rows , contexts , end 108");
	}

	@Test
	void aLargeTransactionIsHandedOverInParts() {
		begin(100);
		for (int id = 1; id <= 6; id++) {
			insert(10L * id, id);
		}
		message(70, "_bemi", "{\"c\":1}");
		insert(80, 7);
		commit(100);
		assertThat(this.log).containsExactly("part 1:0 2:0 3:0 4:0, contexts ",
				"part 5:0 6:0 7:0, contexts 0={\"c\":1}", "end 108");
	}

	@Test
	void everyTruncatedTableIsAChange() {
		begin(100);
		accept(0, new Relation(2, "public", "u", 'd', List.of()));
		accept(10, new Truncate(List.of(1, 2), false, false));
		commit(100);
		assertThat(this.log).containsExactly("rows null:0 null:0, contexts 0={}, end 108");
	}

	@Test
	void whatIsSkippedIsCountedFromTheBeginning() {
		this.skip = new SkipRights.Skip("migrator", "too much");
		begin(100);
		insert(10, 1);
		message(20, "_bemi", "{\"c\":1}");
		message(30, "_bemi_skip", "");
		insert(40, 2);
		message(50, "_bemi_skip", "");
		commit(100);
		assertThat(this.log).containsExactly("skipped {public.t=2}, SKIP 1, "
				+ "{\"_bemi\":{\"skip\":{\"role\":\"migrator\",\"reason\":\"too much\",\"changes\":{\"public.t\":2}}}}");
	}

	@Test
	void partsOfWhatIsSkippedAreVoid() {
		this.skip = new SkipRights.Skip("migrator", "too much");
		begin(100);
		for (int id = 1; id <= 6; id++) {
			insert(10L * id, id);
		}
		message(70, "_bemi_skip", "");
		for (int id = 1; id <= 6; id++) {
			insert(70 + id, id);
		}
		commit(100);
		assertThat(this.log).hasSize(3);
		assertThat(this.log.get(1)).isEqualTo("discard");
		assertThat(this.log.get(2)).startsWith("skipped {public.t=12}");
	}

	@Test
	void statementsOfWhatIsSkippedCount() {
		String table = "1 {\"schema\":\"public\",\"name\":\"t\",\"columns\":[]}";
		this.skip = new SkipRights.Skip("migrator", "too much");
		begin(100);
		insert(10, 1);
		message(20, "_bemi_table", table);
		message(30, "_bemi_skip", "");
		message(40, "_bemi_table", table);
		commit(100);
		assertThat(this.log).singleElement().asString().startsWith("skipped {public.t=1}, ALTER 1 ALTER 2 SKIP 3, ");
	}

	@Test
	void withTooManyStatementsToKeepNothingIsSkipped() {
		this.skip = new SkipRights.Skip("migrator", "too much");
		begin(100);
		for (int message = 1; message <= 5; message++) {
			message(message, "_bemi_table", "1 {\"schema\":\"public\",\"name\":\"t\",\"columns\":[]}");
		}
		insert(10, 1);
		message(20, "_bemi_skip", "");
		commit(100);
		assertThat(this.log).last().asString().isEqualTo("end 108");
		assertThat(this.log).noneMatch((line) -> line.startsWith("skipped"))
			.anyMatch((line) -> line.contains("refused"));
	}

	@Test
	void whatHasWrittenNothingIsNotSkipped() {
		this.skip = new SkipRights.Skip("migrator", "nothing");
		begin(100);
		message(20, "_bemi_skip", "");
		commit(100);
		assertThat(this.log).containsExactly("rows , contexts , end 108");
	}

	@Test
	void whoMayNotSkipIsRecordedAsHavingTried() {
		begin(100);
		insert(10, 1);
		message(20, "_bemi", "{\"c\":1}");
		insert(30, 2);
		message(40, "_bemi_skip", "");
		message(50, "_bemi", "{\"c\":1}");
		insert(60, 3);
		commit(100);
		begin(200);
		insert(110, 4);
		message(120, "_bemi_skip", "");
		commit(200);
		assertThat(this.log).containsExactly(
				"rows 1:0 2:1 3:1, contexts 0={\"c\":1} 1={\"c\":1,\"_bemi\":{\"skip\":\"refused\"}}, end 108",
				"rows 4:0, contexts 0={\"_bemi\":{\"skip\":\"refused\"}}, end 208");
	}

	@Test
	void aMessageInNoTransactionSkipsNothing() {
		this.skip = new SkipRights.Skip("mallory", "");
		begin(100);
		insert(10, 1);
		accept(20,
				new LogicalMessage(false, new Position(20), "_bemi_skip", ByteBuffer.allocate(0).asReadOnlyBuffer()));
		commit(100);
		assertThat(this.log).containsExactly("rows 1:0, contexts 0={}, end 108");
	}

	@Test
	void knowsWhetherATransactionIsUnderWay() {
		assertThat(this.assembler.inTransaction()).isFalse();
		begin(100);
		assertThat(this.assembler.inTransaction()).isTrue();
		commit(100);
		assertThat(this.assembler.inTransaction()).isFalse();
	}

	@Test
	void refusesARowOutsideOfATransaction() {
		assertThatIllegalStateException().isThrownBy(() -> insert(10, 1)).withMessageContaining("BEGIN");
	}

	@Test
	void refusesARowOfATableThatWasNotDescribed() {
		accept(0, new Begin(new Position(100), Instant.EPOCH, 7));
		assertThatIllegalStateException().isThrownBy(() -> insert(10, 1)).withMessageContaining("relation 1");
	}

	/**
	 * Writes down what it gets.
	 */
	private final class LoggingOutput implements TransactionAssembler.Output {

		private String rows(List<RowChange> rows) {
			return rows.stream().map((row) -> row.primaryKey() + ":" + row.context()).collect(Collectors.joining(" "));
		}

		private String contexts(List<TransactionContext> contexts) {
			return contexts.stream()
				.map((context) -> context.number() + "=" + context.metadata())
				.collect(Collectors.joining(" "));
		}

		@Override
		public void transaction(SourceTransaction transaction, List<RowChange> rows, List<TransactionContext> contexts,
				List<PoisonRow> poison, Position end) {
			assertThat(transaction.transactionId()).isEqualTo((1L << 32) + 7);
			assertThat(poison).isEmpty();
			take(rows, contexts);
			assertThat(rows).extracting(RowChange::ordinal)
				.containsExactlyElementsOf(java.util.stream.LongStream.range(0, rows.size()).boxed().toList());
			TransactionAssemblerTests.this.log
				.add("rows " + rows(rows) + ", contexts " + contexts(contexts) + ", end " + end.value());
		}

		private void take(List<RowChange> rows, List<TransactionContext> contexts) {
			rows.forEach((row) -> TransactionAssemblerTests.this.numbers.add(row.context()));
			for (TransactionContext context : contexts) {
				assertThat(TransactionAssemblerTests.this.given.put(context.number(), context.metadata())).isNull();
			}
		}

		@Override
		public void part(SourceTransaction transaction, List<RowChange> rows, List<TransactionContext> contexts,
				List<PoisonRow> poison) {
			take(rows, contexts);
			TransactionAssemblerTests.this.log.add("part " + rows(rows) + ", contexts " + contexts(contexts));
		}

		@Override
		public void replaceContexts(SourceTransaction transaction, String metadata) {
			TransactionAssemblerTests.this.given.replaceAll((number, before) -> metadata);
			TransactionAssemblerTests.this.log.add("replace " + metadata);
		}

		@Override
		public void skipped(SkippedTransaction skipped, List<RowChange> statements, TransactionContext context,
				Position end) {
			TransactionAssemblerTests.this.log.add("skipped " + skipped.changes() + ", "
					+ statements.stream()
						.map((statement) -> statement.operation() + " " + statement.ordinal())
						.collect(Collectors.joining(" "))
					+ ", " + context.metadata());
		}

		@Override
		public void discard() {
			TransactionAssemblerTests.this.log.add("discard");
		}

		@Override
		public void barrier(SourceTransaction transaction, Position end) {
			TransactionAssemblerTests.this.log.add("barrier " + end.value());
		}

		@Override
		public void end(SourceTransaction transaction, Position end) {
			TransactionAssemblerTests.this.log.add("end " + end.value());
		}

	}

}
