package io.bemi.ingestion;

import java.time.Instant;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * A hole in the history of a source: what was committed in it was not recorded.
 *
 * @param reason what happened, for people
 * @param from up to where the history before it holds
 * @param to where the history begins anew; {@code null} while it has not yet
 * @param fromTime when the last change before it was committed; {@code null} when there
 * is none
 * @param toTime when the history begins anew; {@code null} while it has not yet
 * @param noticedAt when it was noticed
 */
public record Gap(String reason, Position from, @Nullable Position to, @Nullable Instant fromTime,
		@Nullable Instant toTime, Instant noticedAt) {
}
