package io.bemi.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * Puts changes together to transactions.
 */
final class TransactionGroups {

	private static final int PAGE = 500;

	private final int limit;

	private final List<Transaction> complete = new ArrayList<>();

	/** Those at one position, by transaction: sources may have the same one. */
	private final Map<String, List<Change>> open = new LinkedHashMap<>();

	private @Nullable Position position;

	private TransactionGroups(int limit) {
		this.limit = limit;
	}

	/**
	 * Reads as many pages as it takes.
	 * @param query the question
	 * @param limit the most transactions to return
	 */
	static List<Transaction> of(ChangeQuery query, int limit) {
		TransactionGroups groups = new TransactionGroups(limit);
		Page page = query.limit(PAGE).page();
		while (!groups.isFullAfter(page.changes()) && page.hasNext()) {
			page = query.limit(PAGE).after(page.cursor()).page();
		}
		groups.close();
		return groups.complete.subList(0, Math.min(limit, groups.complete.size()));
	}

	private boolean isFullAfter(List<Change> changes) {
		return changes.stream().anyMatch(this::isFullAfter);
	}

	private boolean isFullAfter(Change change) {
		if (!change.position().equals(this.position)) {
			close();
			this.position = change.position();
		}
		if (this.complete.size() >= this.limit) {
			return true;
		}
		// Of one source, but perhaps through several slots, which have numbers of their
		// own.
		String transaction = change.source() + ' ' + change.database() + ' ' + change.transactionId() + ' '
				+ change.committedAt();
		this.open.computeIfAbsent(transaction, (key) -> new ArrayList<>()).add(change);
		return false;
	}

	private void close() {
		this.open.values().forEach((changes) -> this.complete.add(Transaction.of(changes)));
		this.open.clear();
	}

}
