package io.bemi.worker;

import io.bemi.kafka.KafkaSettings;
import io.bemi.replication.ReplicationSettings;
import io.bemi.tracking.TrackingSettings;
import org.jspecify.annotations.Nullable;

/**
 * What one slot is read for: a database, or a group of its tables. By Kafka the slot is
 * the connector's.
 *
 * @param database the name of the database in the configuration
 * @param group the name of the group; {@code null} for the whole database
 * @param replication where the log is read from
 * @param tracking what is to be in the group's publication; {@code null} where that is
 * not the worker's to say
 * @param kafka which topics are read in place of the slot; {@code null} for none
 */
record Source(String database, @Nullable String group, ReplicationSettings replication,
		@Nullable TrackingSettings tracking, @Nullable KafkaSettings kafka) {

	String slot() {
		return this.replication.slot();
	}

	@Override
	public String toString() {
		return (this.group != null) ? this.database + "/" + this.group : this.database;
	}

}
