package io.bemi.replication;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * A replication slot as {@code pg_replication_slots} shows it.
 *
 * @param active whether a process streams from it
 * @param holder what is known of that process, for messages; {@code null} when there is
 * none
 * @param plugin the output plugin; {@code null} for a physical slot
 * @param database the database it belongs to; {@code null} for a physical slot
 * @param confirmed up to where changes were confirmed; {@code null} while being created
 * @param lost whether WAL that it needs was removed
 */
public record SlotState(boolean active, @Nullable String holder, @Nullable String plugin, @Nullable String database,
		@Nullable Position confirmed, boolean lost) {
}
