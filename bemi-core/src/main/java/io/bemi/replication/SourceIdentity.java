package io.bemi.replication;

/**
 * Which database the changes come from.
 *
 * @param systemIdentifier identifies the cluster, see {@code IDENTIFY_SYSTEM}
 * @param timeline the cluster's timeline
 * @param database the name of the database
 * @param slot the name of the slot
 */
public record SourceIdentity(String systemIdentifier, int timeline, String database, String slot) {
}
