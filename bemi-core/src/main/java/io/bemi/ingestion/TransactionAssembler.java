package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Origin;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.stitching.ContextMessage;
import io.bemi.stitching.Stitcher;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of the stream together to transactions whose rows know their context.
 * A transaction is handed over whole at its commit; one that exceeds the limit in parts,
 * while it arrives, so that memory does not depend on its size.
 */
final class TransactionAssembler {

	private final Output output;

	private final RowReader rows;

	private final XidEpoch epoch;

	private final MemoryLimit limit;

	private final SkipRights skips;

	private final Ordinals ordinals;

	private @Nullable Running running;

	TransactionAssembler(Output output, RowReader rows, XidEpoch epoch, MemoryLimit limit, SkipRights skips) {
		this(output, rows, epoch, limit, skips, Ordinals.ALL);
	}

	TransactionAssembler(Output output, RowReader rows, XidEpoch epoch, MemoryLimit limit, SkipRights skips,
			Ordinals ordinals) {
		this.skips = skips;
		this.ordinals = ordinals;
		this.output = output;
		this.rows = rows;
		this.epoch = epoch;
		this.limit = limit;
	}

	/**
	 * Whether a transaction has begun and not ended.
	 */
	boolean inTransaction() {
		return this.running != null;
	}

	/**
	 * The transaction that has begun and not ended.
	 */
	@Nullable SourceTransaction transaction() {
		return (this.running != null) ? this.running.transaction : null;
	}

	/**
	 * Takes the next message.
	 * @param position the position that came with it
	 * @param message the message
	 */
	void accept(Position position, PgOutputMessage message) {
		if (message instanceof Begin begin) {
			this.running = new Running(
					new SourceTransaction(begin.finalPosition(), begin.commitTime(), this.epoch.widen(begin.xid())));
		}
		else if (message instanceof Relation relation) {
			this.rows.relation(relation, started(relation).transaction.position());
		}
		else if (message instanceof LogicalMessage logical) {
			if (this.running != null) {
				Optional<ContextMessage> context = ContextMessage.of(logical, MemoryLimit.longestContext());
				context.ifPresent(this.running::message);
				this.running.alteration(logical);
				this.running.barrier |= Barrier.isOne(logical);
				if (SkipRights.isWanted(logical)) {
					this.running.skip();
				}
			}
		}
		else if (message instanceof PgOutputMessage.Type || message instanceof Origin) {
			return;
		}
		else if (message instanceof Commit commit) {
			started(commit).finish(commit);
			this.running = null;
		}
		else {
			started(message).row(position, message);
		}
	}

	private Running started(PgOutputMessage message) {
		if (this.running == null) {
			throw new IllegalStateException("Expected BEGIN before " + message.getClass().getSimpleName());
		}
		return this.running;
	}

	/**
	 * Takes what was assembled, and the lists with it.
	 */
	interface Output {

		/**
		 * A whole transaction.
		 * @param transaction the transaction
		 * @param rows its changes; none when it changed nothing that is tracked
		 * @param contexts its contexts
		 * @param poison what could not be read
		 * @param end where its commit ends
		 */
		void transaction(SourceTransaction transaction, List<RowChange> rows, List<TransactionContext> contexts,
				List<PoisonRow> poison, Position end);

		/**
		 * A whole transaction whose changes are left out.
		 * @param skipped what was left out
		 * @param statements what has happened to its tables
		 * @param context what stands in place of its contexts
		 * @param end where its commit ends
		 */
		void skipped(SkippedTransaction skipped, List<RowChange> statements, TransactionContext context, Position end);

		/**
		 * Parts that were handed over of the transaction that arrives are void.
		 */
		void discard();

		/**
		 * Somebody waits for what was committed before a transaction that was just handed
		 * over.
		 * @param transaction the transaction
		 * @param end where its commit ends
		 */
		void barrier(SourceTransaction transaction, Position end);

		/**
		 * A part of a transaction that is too large to be kept.
		 * @param transaction the transaction
		 * @param rows its next changes; some may have contexts of a later part
		 * @param contexts contexts of these and earlier changes
		 * @param poison what could not be read
		 */
		void part(SourceTransaction transaction, List<RowChange> rows, List<TransactionContext> contexts,
				List<PoisonRow> poison);

		/**
		 * All contexts of a transaction that were in parts so far turn out to be another.
		 * @param transaction the transaction
		 * @param metadata what each of them is now
		 */
		void replaceContexts(SourceTransaction transaction, String metadata);

		/**
		 * The end of a transaction whose parts were handed over.
		 * @param transaction the transaction
		 * @param end where its commit ends
		 */
		void end(SourceTransaction transaction, Position end);

	}

	/**
	 * The transaction that is arriving.
	 */
	private final class Running {

		private final SourceTransaction transaction;

		private final Stitcher<RowChange> stitcher = new Stitcher<>(this::stitched);

		private List<RowChange> changes = new ArrayList<>();

		private List<PoisonRow> poison = new ArrayList<>();

		private final ContextNumbers contexts;

		/** How many of the changes have the number of their context. */
		private int numbered;

		private long ordinal;

		private long characters;

		private boolean inParts;

		/** Whether somebody waits for what was committed before. */
		private boolean barrier;

		/** What has happened to tables, in case that nothing else counts. */
		private final List<RowChange> statements = new ArrayList<>();

		private long statementCharacters;

		private boolean tooManyStatements;

		/** How many changes there are of each table. */
		private final Map<Integer, Count> counts = new LinkedHashMap<>();

		/** Whether it wants to be left out, and that was looked up. */
		private boolean skipDecided;

		private SkipRights.@Nullable Skip skip;

		Running(SourceTransaction transaction) {
			this.transaction = transaction;
			this.ordinal = TransactionAssembler.this.ordinals.first();
			this.contexts = new ContextNumbers(transaction);
		}

		void message(ContextMessage message) {
			if (this.skip != null) {
				return;
			}
			this.stitcher.message(message);
			if (!this.contexts.counts(message)) {
				return;
			}
			if (this.contexts.accept(message)) {
				this.numbered = 0;
				if (this.contexts.isHandedOn()) {
					TransactionAssembler.this.output.replaceContexts(this.transaction, this.contexts.metadata());
				}
			}
			cover();
			handOnIfFull();
		}

		void row(Position position, PgOutputMessage message) {
			for (TrackedRelation table : TransactionAssembler.this.rows.tables(message)) {
				this.counts.computeIfAbsent(table.relation().oid(), (oid) -> new Count(table)).add(table);
			}
			if (this.skip != null) {
				return;
			}
			// What can go goes first: the next row may need the memory.
			this.stitcher.advance(position);
			handOnIfFull();
			for (RowReader.Row row : TransactionAssembler.this.rows.read(this.transaction, this.ordinal, message)) {
				this.ordinal += TransactionAssembler.this.ordinals.step();
				if (row.change() != null) {
					this.stitcher.row(position, row.change());
				}
				if (row.poison() != null) {
					this.characters += row.poison().content().length();
					this.poison.add(row.poison());
				}
			}
		}

		/**
		 * Takes its place among the rows.
		 */
		void alteration(LogicalMessage message) {
			Optional<RowChange> alteration = TransactionAssembler.this.rows.alteration(this.transaction, this.ordinal,
					message);
			if (alteration.isPresent()) {
				this.ordinal += TransactionAssembler.this.ordinals.step();
				keep(alteration.get(), message.content().remaining());
				if (this.skip == null) {
					this.characters += message.content().remaining();
					this.stitcher.row(message.position(), alteration.get());
				}
			}
		}

		/**
		 * Keeps what has happened to a table. Anybody may write such messages: of a
		 * transaction with too many of them nothing is left out.
		 */
		private void keep(RowChange alteration, long length) {
			this.statementCharacters += length;
			if (this.skip == null
					&& TransactionAssembler.this.limit.isReached(this.statements.size(), this.statementCharacters)) {
				this.statements.clear();
				this.tooManyStatements = true;
			}
			if (!this.tooManyStatements) {
				this.statements.add(alteration);
			}
		}

		/**
		 * Leaves out what it writes, from its beginning on; or has it said that it wanted
		 * to.
		 */
		void skip() {
			if (this.skipDecided) {
				return;
			}
			this.skipDecided = true;
			this.skip = this.tooManyStatements ? null : TransactionAssembler.this.skips.of(this.transaction);
			if (this.skip == null) {
				this.contexts.refuse();
				return;
			}
			this.changes.clear();
			this.poison.clear();
			if (this.inParts) {
				TransactionAssembler.this.output.discard();
			}
		}

		private void stitched(RowChange change) {
			this.characters += change.length();
			this.changes.add(change);
		}

		/**
		 * Gives the rows up to here, those that have gone too, the context of the last
		 * message.
		 */
		private void cover() {
			if (this.numbered < this.changes.size() || this.contexts.isOpen()) {
				number(this.contexts.covered());
			}
		}

		private void number(int number) {
			for (; this.numbered < this.changes.size(); this.numbered++) {
				RowChange change = this.changes.get(this.numbered);
				if (change.context() != number) {
					this.changes.set(this.numbered, change.withContext(number));
				}
			}
		}

		private void handOnIfFull() {
			if (TransactionAssembler.this.limit.isReached(this.changes.size() + this.poison.size(),
					this.characters + this.contexts.characters())) {
				if (this.numbered < this.changes.size()) {
					number(this.contexts.uncovered());
				}
				handOn();
			}
		}

		private void handOn() {
			this.inParts = true;
			TransactionAssembler.this.output.part(this.transaction, this.changes, this.contexts.take(), this.poison);
			this.changes = new ArrayList<>();
			this.poison = new ArrayList<>();
			this.numbered = 0;
			this.characters = 0;
		}

		void finish(Commit commit) {
			if (this.skip != null) {
				finishSkipped(this.skip, commit);
			}
			else {
				finishRecorded(commit);
			}
			if (this.barrier && !(this.inParts && this.skip == null)) {
				TransactionAssembler.this.output.barrier(this.transaction, commit.endPosition());
			}
		}

		/**
		 * Nothing is known any more of the tables that it has written to.
		 */
		private void finishSkipped(SkipRights.Skip skip, Commit commit) {
			for (Count count : this.counts.values()) {
				this.statements.add(new RowChange(this.transaction, this.ordinal++, 0, count.table, RowOperation.SKIP,
						null, null, null, null));
			}
			if (this.counts.isEmpty()) {
				TransactionAssembler.this.output.transaction(this.transaction, this.statements,
						this.statements.isEmpty() ? List.of()
								: List.of(new TransactionContext(this.transaction, 0, Metadata.EMPTY)),
						List.of(), commit.endPosition());
				return;
			}
			SkippedTransaction skipped = new SkippedTransaction(this.transaction, skip.role(), skip.reason(),
					this.counts.values()
						.stream()
						.collect(Collectors.toMap((count) -> count.table.toString(), (count) -> count.changes,
								Long::sum)));
			TransactionAssembler.this.output.skipped(skipped, this.statements,
					new TransactionContext(this.transaction, 0, Metadata.of(skipped)), commit.endPosition());
		}

		private void finishRecorded(Commit commit) {
			this.stitcher.finish();
			cover();
			if (this.inParts) {
				handOn();
				TransactionAssembler.this.output.end(this.transaction, commit.endPosition());
				return;
			}
			TransactionAssembler.this.output.transaction(this.transaction, this.changes, this.contexts.take(),
					this.poison, commit.endPosition());
		}

	}

	/**
	 * Changes of a table in a transaction.
	 */
	private static final class Count {

		private TrackedRelation table;

		private long changes;

		Count(TrackedRelation table) {
			this.table = table;
		}

		/**
		 * One more, of the table as it is called by then.
		 */
		void add(TrackedRelation now) {
			this.table = now;
			this.changes++;
		}

	}

}
