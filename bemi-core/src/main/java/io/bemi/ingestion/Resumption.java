package io.bemi.ingestion;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the server sends again after a restart with what is stored. It is the
 * very same, up to the last, unless the source has another past by now.
 */
final class Resumption {

	private final ChangeSink sink;

	private final SinkSource source;

	private final Position from;

	private final Position end;

	private boolean passed;

	private boolean endSeen;

	private @Nullable SourceTransaction verified;

	/**
	 * Begins where the slot does.
	 * @param source the source as it is stored
	 * @param from up to where the slot was confirmed
	 */
	Resumption(ChangeSink sink, SinkSource source, Position from) {
		this.sink = sink;
		this.source = source;
		this.from = from;
		this.end = (source.position() != null) ? source.position() : Position.ZERO;
		// Nothing is sent again.
		this.passed = from.isAfter(this.end);
	}

	/**
	 * Takes a transaction that was sent, or a part of it.
	 * @param empty whether there is nothing in it to store
	 */
	void observe(SourceTransaction transaction, boolean empty) {
		if (this.passed || transaction.position().isAfter(this.end)) {
			pass(transaction.position());
			return;
		}
		this.endSeen |= transaction.position().equals(this.end);
		if (!empty && !transaction.equals(this.verified)) {
			if (!this.sink.holds(this.source, transaction)) {
				throw broken("the transaction at " + transaction.position() + " is not the one that is recorded there");
			}
			this.verified = transaction;
		}
	}

	/**
	 * Takes note that the server has read up to a position, and has sent what is before.
	 */
	void pass(Position position) {
		if (this.passed || !position.isAfter(this.end)) {
			return;
		}
		this.passed = true;
		if (!this.endSeen && this.sink.endsWithTransaction(this.source)) {
			throw broken("there is no transaction at " + this.end + ", which is recorded");
		}
	}

	private BrokenHistoryException broken(String what) {
		return new BrokenHistoryException("The database was set back to an earlier state: " + what,
				this.from.previous());
	}

}
