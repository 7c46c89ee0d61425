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
 * @param lost whether the server has given the slot up, so that nothing can be read from
 * it any more
 * @param lostBecause why, in the server's terms; {@code null} where it does not say
 */
public record SlotState(boolean active, @Nullable String holder, @Nullable String plugin, @Nullable String database,
		@Nullable Position confirmed, boolean lost, @Nullable String lostBecause) {

	/**
	 * Why the slot is lost, for people.
	 */
	public String loss() {
		return switch ((this.lostBecause != null) ? this.lostBecause : "wal_removed") {
			case "wal_removed" -> "The server removed WAL that the slot needed (max_slot_wal_keep_size)";
			case "idle_timeout" ->
				"Nobody read the slot for so long that the server gave it up (idle_replication_slot_timeout)";
			case "rows_removed" -> "The server removed rows of the catalogue that the slot needed";
			case "wal_level_insufficient" -> "The server ran without wal_level = logical, which ended the slot";
			default -> "The server gave the slot up (" + this.lostBecause + ")";
		};
	}

}
