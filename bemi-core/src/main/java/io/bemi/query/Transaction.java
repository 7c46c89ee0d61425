package io.bemi.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * A transaction and what it has changed.
 *
 * @param id its id, with epoch
 * @param committedAt when it committed, by the source's clock
 * @param position the position of its commit
 * @param source the name of the source
 * @param metadata its context: where it had several, that of the first change listed
 * @param changes its changes that answer the question, at least one, in the order of the
 * question
 */
public record Transaction(long id, Instant committedAt, Position position, String source,
		Map<String, @Nullable Object> metadata, List<Change> changes) {

	public Transaction {
		changes = List.copyOf(changes);
	}

	static Transaction of(List<Change> changes) {
		Change first = changes.get(0);
		return new Transaction(first.transactionId(), first.committedAt(), first.position(), first.source(),
				first.metadata(), changes);
	}

}
