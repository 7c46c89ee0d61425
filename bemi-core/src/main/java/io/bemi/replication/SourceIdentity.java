package io.bemi.replication;

import org.jspecify.annotations.Nullable;

/**
 * Which database the changes come from.
 *
 * @param systemIdentifier identifies the cluster, see {@code IDENTIFY_SYSTEM}
 * @param timeline the cluster's timeline
 * @param database the name of the database
 * @param slot the name of the slot
 * @param group which tables are read, where others are read through other slots;
 * {@code null} for all
 */
public record SourceIdentity(String systemIdentifier, int timeline, String database, String slot,
		@Nullable SlotGroup group) {

	/**
	 * All tables of a database.
	 * @param systemIdentifier identifies the cluster
	 * @param timeline the cluster's timeline
	 * @param database the name of the database
	 * @param slot the name of the slot
	 */
	public SourceIdentity(String systemIdentifier, int timeline, String database, String slot) {
		this(systemIdentifier, timeline, database, slot, null);
	}

	/**
	 * The name under which the history is found.
	 */
	public String name() {
		return (this.group != null) ? this.group.source() : this.slot;
	}

}
