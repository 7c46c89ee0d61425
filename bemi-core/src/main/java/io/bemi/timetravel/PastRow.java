package io.bemi.timetravel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.query.Json;
import io.bemi.store.RecordedTable.Origin;
import org.jspecify.annotations.Nullable;

/**
 * A row as the history has it.
 *
 * @param relation the version of its table
 * @param image its columns, as JSON
 * @param unknown the columns whose value is not known, where the image lacks them
 * @param key its key
 * @param weight 1 if it is there, -1 if it is gone
 */
record PastRow(long relation, String image, List<String> unknown, @Nullable String key, int weight) {

	Map<String, @Nullable Object> columns(PastTable table) {
		Map<String, @Nullable Object> values = Json.readObject(this.image);
		Map<String, Origin> origins = table.origins().getOrDefault(this.relation, Map.of());
		Map<String, @Nullable Object> columns = new LinkedHashMap<>();
		for (String column : table.columns()) {
			Origin origin = origins.get(column);
			if (origin == null || (origin.name() != null && !values.containsKey(origin.name())
					&& this.unknown.contains(origin.name()))) {
				throw new TimeTravelException("It is not known what column " + column + " of table " + table
						+ " held then, in the record " + this.key);
			}
			if (origin.isNone()) {
				continue;
			}
			if (origin.name() == null) {
				columns.put(column, Json.readObject("{\"value\": " + origin.filled() + "}").get("value"));
			}
			else if (values.containsKey(origin.name())) {
				columns.put(column, values.get(origin.name()));
			}
		}
		return columns;
	}

}
