package io.bemi.ingestion;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A transaction of which nothing is recorded but this, because it has said so and may.
 *
 * @param transaction the transaction
 * @param role the role of its session
 * @param reason why, in its own words
 * @param changes how many changes were left out, by schema and name of their table
 */
public record SkippedTransaction(SourceTransaction transaction, String role, String reason, Map<String, Long> changes) {

	public SkippedTransaction {
		changes = Map.copyOf(changes);
	}

	@Override
	public String toString() {
		return "Skipped by role %s (bemi.skip): %s. Transaction %d: %s".formatted(this.role, this.reason,
				this.transaction.transactionId(),
				new TreeMap<>(this.changes).entrySet()
					.stream()
					.map((table) -> table.getValue() + ((table.getValue() == 1) ? " change of " : " changes of ")
							+ table.getKey())
					.collect(Collectors.joining(", ")));
	}

}
