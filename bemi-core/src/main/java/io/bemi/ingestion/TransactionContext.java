package io.bemi.ingestion;

/**
 * One of the contexts of a transaction.
 *
 * @param transaction the transaction
 * @param number its number in the transaction, which changes refer to
 * @param metadata a JSON object
 */
public record TransactionContext(SourceTransaction transaction, int number, String metadata) {
}
