package io.bemi.query;

import java.util.List;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * Where changes are that one transaction made to one table.
 *
 * @param source the name of their source
 * @param database its database
 * @param schema the schema of the table, as it was then
 * @param table its name
 * @param transactionId the id of the transaction, with epoch
 * @param position the position of its commit
 * @param ordinals which of its changes they are, in no order
 * @param truncates which of them have emptied the table
 * @param keys the keys of the records, in no order and perhaps several times; without
 * those of records that have none; {@code null} when there are more changes than keys
 * were asked for
 */
public record ChangePlaces(String source, String database, String schema, String table, long transactionId,
		Position position, List<Long> ordinals, List<Long> truncates, @Nullable List<String> keys) {
}
