package io.bemi.ingestion;

/**
 * A row that could not be turned into a change.
 *
 * @param transaction the transaction that wrote it
 * @param ordinal its number in the transaction
 * @param content what arrived, for people
 * @param error what is wrong with it
 */
public record PoisonRow(SourceTransaction transaction, long ordinal, String content, String error) {
}
