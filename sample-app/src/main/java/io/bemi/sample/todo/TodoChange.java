package io.bemi.sample.todo;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bemi.change.Change;
import io.bemi.change.Operation;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a todo.
 *
 * @param id identifies the change
 * @param operation what was done
 * @param committedAt when
 * @param metadata by whom, where and how
 * @param values the todo afterwards; empty when it was deleted
 * @param diff old and new value of each column that changed
 */
record TodoChange(String id, Operation operation, Instant committedAt, Map<String, @Nullable Object> metadata,
		Map<String, @Nullable Object> values, Map<String, Difference> diff) {

	static TodoChange of(Change change) {
		Map<String, Difference> diff = new LinkedHashMap<>();
		change.diff()
			.forEach((column, difference) -> diff.put(column, new Difference(difference.old(), difference.current())));
		return new TodoChange(change.id(), change.operation(), change.committedAt(), change.metadata(), change.values(),
				diff);
	}

	record Difference(@Nullable Object old, @JsonProperty("new") @Nullable Object current) {
	}

}
