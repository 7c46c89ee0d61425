package io.bemi.timetravel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.store.RecordedTable;
import io.bemi.store.RecordedTable.Origin;

/**
 * A table as it was then.
 *
 * @param recorded what the store has described
 * @param schema its schema
 * @param name its name
 * @param version its description; 0 for none
 * @param columns the names of its columns
 * @param key the names of the columns of its key
 * @param origins where its columns are in images, by their version
 */
record PastTable(RecordedTable recorded, String schema, String name, long version, List<String> columns,
		List<String> key, Map<Long, Map<String, Origin>> origins) {

	static PastTable of(RecordedTable recorded, String schema, String name, long version) {
		long described = recorded.versions().stream().filter((id) -> id <= version).reduce((a, b) -> b).orElse(0L);
		Map<Long, Map<String, Origin>> origins = new HashMap<>();
		recorded.versions()
			.stream()
			.filter((id) -> id <= version)
			.forEach((id) -> origins.put(id, recorded.origins(id, version)));
		return new PastTable(recorded, schema, name, version, recorded.columns(version),
				(described == 0 && !recorded.versions().isEmpty()) ? recorded.key(recorded.versions().get(0))
						: recorded.key(described),
				origins);
	}

	@Override
	public String toString() {
		return this.schema + "." + this.name;
	}

}
