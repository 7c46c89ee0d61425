package io.bemi.sample.todo;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants a todo to be; what is absent stays as it is.
 *
 * @param task what to do
 * @param completed whether it is done
 */
record TodoRequest(@Nullable String task, @JsonProperty("isCompleted") @Nullable Boolean completed) {
}
