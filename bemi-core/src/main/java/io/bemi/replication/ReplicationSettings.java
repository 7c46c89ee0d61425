package io.bemi.replication;

import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Where the write-ahead log is read from.
 *
 * @param url the JDBC URL of the source database
 * @param username a role with the REPLICATION attribute; {@code null} for the driver's
 * default
 * @param password its password; {@code null} for none
 * @param slot the name of the replication slot, unique in the whole cluster
 * @param publication the name of the publication
 * @param group which tables are read, where others are read through other slots;
 * {@code null} for all that are published
 */
public record ReplicationSettings(String url, @Nullable String username, @Nullable String password, String slot,
		String publication, @Nullable SlotGroup group) {

	/**
	 * The longest name of a slot that PostgreSQL takes, in bytes.
	 */
	private static final int MAX_SLOT_LENGTH = 63;

	public ReplicationSettings {
		Assert.hasText(url, "'url' must not be empty");
		Assert.isTrue(slot.matches("[a-z0-9_]{1,63}"),
				() -> "'slot' must be 1 to 63 lower-case letters, digits or underscores, but is '" + slot + "'");
		Assert.hasText(publication, "'publication' must not be empty");
	}

	/**
	 * All tables that are published, through one slot.
	 * @param url the JDBC URL of the source database
	 * @param username a role with the REPLICATION attribute; {@code null} for the
	 * driver's default
	 * @param password its password; {@code null} for none
	 * @param slot the name of the replication slot, unique in the whole cluster
	 * @param publication the name of the publication
	 */
	public ReplicationSettings(String url, @Nullable String username, @Nullable String password, String slot,
			String publication) {
		this(url, username, password, slot, publication, null);
	}

	/**
	 * The name of the slot of a database where none is configured:
	 * {@code bemi_<database>}, other characters than lower-case letters and digits
	 * replaced. Two names that would become the same get different slots by a hash.
	 * @param database the name of the database
	 * @return the name of its slot
	 */
	public static String slotOf(String database) {
		String slot = "bemi_" + database.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
		if (slot.equals("bemi_" + database) && slot.length() <= MAX_SLOT_LENGTH) {
			return slot;
		}
		String hash = "_" + Integer.toHexString(database.hashCode());
		return slot.substring(0, Math.min(slot.length(), MAX_SLOT_LENGTH - hash.length())) + hash;
	}

	@Override
	public String toString() {
		return "ReplicationSettings[slot=" + this.slot + ", publication=" + this.publication + "]";
	}

}
