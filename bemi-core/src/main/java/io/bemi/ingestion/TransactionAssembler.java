package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Origin;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.stitching.ContextMessage;
import io.bemi.stitching.Segments;
import io.bemi.stitching.Stitcher;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of the stream together to transactions whose rows know their context.
 * A transaction is handed over whole at its commit; one with more rows than the limit in
 * parts, while it arrives, so that memory does not depend on its size.
 */
final class TransactionAssembler {

	private final Output output;

	private final RowReader rows;

	private final XidEpoch epoch;

	private final MemoryLimit limit;

	private @Nullable Running running;

	TransactionAssembler(Output output, RowReader rows, XidEpoch epoch, MemoryLimit limit) {
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
				Optional<ContextMessage> context = ContextMessage.of(logical);
				context.ifPresent(this.running::message);
				this.running.alteration(logical);
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
	 * Takes what was assembled.
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
		 * A part of a transaction that is too large to be kept.
		 * @param transaction the transaction
		 * @param rows its next changes, whose context numbers are announced at the end
		 * @param poison what could not be read
		 */
		void part(SourceTransaction transaction, List<RowChange> rows, List<PoisonRow> poison);

		/**
		 * The end of a transaction whose parts were handed over.
		 * @param transaction the transaction
		 * @param contexts its contexts
		 * @param end where its commit ends
		 */
		void end(SourceTransaction transaction, List<TransactionContext> contexts, Position end);

	}

	/**
	 * The transaction that is arriving.
	 */
	private final class Running {

		private final SourceTransaction transaction;

		private final Stitcher<RowChange> stitcher = new Stitcher<>(this::stitched);

		private final List<RowChange> changes = new ArrayList<>();

		private final List<PoisonRow> poison = new ArrayList<>();

		private final List<ContextMessage> messages = new ArrayList<>();

		private long ordinal;

		private long characters;

		private long contextCharacters;

		private boolean inParts;

		Running(SourceTransaction transaction) {
			this.transaction = transaction;
		}

		void message(ContextMessage message) {
			this.stitcher.message(message);
			ContextMessage last = this.messages.isEmpty() ? null : this.messages.get(this.messages.size() - 1);
			// A session repeats itself with every statement: keep one copy.
			boolean repeated = last != null && last.source() == message.source()
					&& last.content().equals(message.content());
			if (!repeated) {
				this.contextCharacters += message.content().length();
			}
			this.messages.add(repeated ? last
					: (this.contextCharacters <= ContextMessage.MAX_LENGTH) ? message : message.withoutContent());
		}

		void row(Position position, PgOutputMessage message) {
			for (RowReader.Row row : TransactionAssembler.this.rows.read(this.transaction, this.ordinal, message)) {
				this.ordinal++;
				if (row.change() != null) {
					this.characters += row.change().length();
					this.stitcher.row(position, row.change());
				}
				if (row.poison() != null) {
					this.characters += row.poison().content().length();
					this.poison.add(row.poison());
				}
			}
			if (TransactionAssembler.this.limit.isReached(this.changes.size() + this.poison.size(), this.characters)) {
				this.characters = 0;
				this.inParts = true;
				TransactionAssembler.this.output.part(this.transaction, List.copyOf(this.changes),
						List.copyOf(this.poison));
				this.changes.clear();
				this.poison.clear();
			}
		}

		/**
		 * Takes its place among the rows.
		 */
		void alteration(LogicalMessage message) {
			Optional<RowChange> alteration = TransactionAssembler.this.rows.alteration(this.transaction, this.ordinal,
					message);
			if (alteration.isPresent()) {
				this.ordinal++;
				this.characters += message.content().remaining();
				this.stitcher.row(message.position(), alteration.get());
			}
		}

		private void stitched(RowChange change, int segment) {
			this.changes.add(change.withContext(segment));
		}

		void finish(Commit commit) {
			Segments segments = this.stitcher.finish();
			if (this.inParts) {
				TransactionAssembler.this.output.part(this.transaction, this.changes, this.poison);
				TransactionAssembler.this.output.end(this.transaction, everySegment(segments), commit.endPosition());
				return;
			}
			List<TransactionContext> contexts = new ArrayList<>();
			List<RowChange> numbered = number(segments, contexts);
			TransactionAssembler.this.output.transaction(this.transaction, numbered, contexts, this.poison,
					commit.endPosition());
		}

		/**
		 * Numbers the different contexts instead of the segments.
		 */
		private List<RowChange> number(Segments segments, List<TransactionContext> contexts) {
			Map<Integer, Integer> byMessage = new HashMap<>();
			Map<String, Integer> byMetadata = new HashMap<>();
			List<RowChange> numbered = new ArrayList<>(this.changes.size());
			for (RowChange change : this.changes) {
				int number = byMessage.computeIfAbsent(segments.message(change.context()),
						(message) -> byMetadata.computeIfAbsent(metadata(message), (metadata) -> {
							contexts.add(new TransactionContext(this.transaction, contexts.size(), metadata));
							return contexts.size() - 1;
						}));
				numbered.add((number == change.context()) ? change : change.withContext(number));
			}
			return numbered;
		}

		private List<TransactionContext> everySegment(Segments segments) {
			List<TransactionContext> contexts = new ArrayList<>(segments.messages() + 1);
			for (int segment = 0; segment <= segments.messages(); segment++) {
				contexts.add(new TransactionContext(this.transaction, segment, metadata(segments.message(segment))));
			}
			return contexts;
		}

		private String metadata(int message) {
			return (message == Segments.NONE) ? Metadata.EMPTY : Metadata.of(this.messages.get(message));
		}

	}

}
