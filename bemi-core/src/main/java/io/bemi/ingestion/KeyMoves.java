package io.bemi.ingestion;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Remembers what the history cannot be asked for: that a record has left its key, and
 * which transactions have written to tables without keys. Needed for the transactions
 * that a snapshot may not see, although the stream has passed their commit.
 */
final class KeyMoves {

	private static final int LIMIT = 100_000;

	private static final long CHARACTERS = 8 << 20;

	/** By table and key that was left. */
	private final Map<Integer, Map<String, Move>> moves = new HashMap<>();

	/** By table and key that a record has come to: the transaction. */
	private final Map<Integer, Map<String, Long>> arrivals = new HashMap<>();

	/** By table without key: the transactions. */
	private final Map<Integer, Set<Long>> writers = new HashMap<>();

	private int size;

	/** Of the keys that were added. */
	private long characters;

	private long newest;

	private boolean watching;

	/** Everything that has begun from this transaction on is remembered. */
	private long since;

	boolean isWatching() {
		return this.watching;
	}

	/**
	 * Begins to remember.
	 * @param next the id that the next transaction will have at least
	 */
	void watch(long next) {
		this.watching = true;
		this.since = next;
		this.moves.clear();
		this.arrivals.clear();
		this.writers.clear();
		this.size = 0;
		this.characters = 0;
	}

	void stop() {
		watch(0);
		this.watching = false;
	}

	void observe(RowChange change) {
		if (!this.watching || change.operation().isOfTable()) {
			return;
		}
		int oid = change.relation().relation().oid();
		long transaction = change.transaction().transactionId();
		this.newest = Math.max(this.newest, transaction);
		if (change.previousKey() != null && change.primaryKey() != null) {
			this.moves.computeIfAbsent(oid, (any) -> new HashMap<>())
				.put(change.previousKey(), new Move(transaction, change.primaryKey()));
			this.arrivals.computeIfAbsent(oid, (any) -> new HashMap<>()).put(change.primaryKey(), transaction);
			this.size++;
			this.characters += change.previousKey().length() + change.primaryKey().length();
		}
		else if (change.relation().keyColumns().isEmpty()
				&& this.writers.computeIfAbsent(oid, (any) -> new HashSet<>()).add(transaction)) {
			this.size++;
		}
		if (this.size > LIMIT || this.characters > CHARACTERS) {
			watch(this.newest + 1);
		}
	}

	/**
	 * Whether all transactions that a snapshot does not see have been watched; and
	 * forgets those that it sees, as later ones will.
	 */
	boolean covers(SourceSnapshot snapshot) {
		this.moves.values().forEach((table) -> table.values().removeIf((move) -> snapshot.sees(move.transaction())));
		this.arrivals.values().forEach((table) -> table.values().removeIf(snapshot::sees));
		this.writers.values().forEach((table) -> table.removeIf(snapshot::sees));
		this.size = this.moves.values().stream().mapToInt(Map::size).sum()
				+ this.writers.values().stream().mapToInt(Set::size).sum();
		this.characters = this.moves.values()
			.stream()
			.flatMap((table) -> table.entrySet().stream())
			.mapToLong((move) -> move.getKey().length() + move.getValue().key().length())
			.sum();
		return this.watching && snapshot.min() >= this.since;
	}

	/**
	 * The key that a record has in the history.
	 * @param oid the table
	 * @param key the key that the snapshot shows
	 * @return the key, or {@code null} when it cannot be told which record has it now
	 */
	@Nullable String keyOf(int oid, String key, SourceSnapshot snapshot) {
		Move move = this.moves.getOrDefault(oid, Map.of()).get(key);
		if (move != null && !snapshot.sees(move.transaction())) {
			Move next = this.moves.getOrDefault(oid, Map.of()).get(move.key());
			return (next == null || snapshot.sees(next.transaction())) ? move.key() : null;
		}
		Long arrival = this.arrivals.getOrDefault(oid, Map.of()).get(key);
		return (arrival == null || snapshot.sees(arrival)) ? key : null;
	}

	/**
	 * Whether a table without key was written to without the snapshot seeing it.
	 */
	boolean isWritten(int oid, SourceSnapshot snapshot) {
		return !this.writers.getOrDefault(oid, Set.of()).stream().allMatch(snapshot::sees);
	}

	/**
	 * A record that has left its key.
	 *
	 * @param transaction the transaction
	 * @param key the key since then
	 */
	private record Move(long transaction, String key) {
	}

}
