package io.bemi.ingestion;

import java.time.Instant;

import io.bemi.change.Position;

/**
 * A committed transaction of the source.
 *
 * @param position the position of its commit
 * @param committedAt when it committed, by the source's clock
 * @param transactionId its id, with epoch
 */
public record SourceTransaction(Position position, Instant committedAt, long transactionId) {
}
