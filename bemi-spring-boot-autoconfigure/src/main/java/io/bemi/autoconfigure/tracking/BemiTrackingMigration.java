package io.bemi.autoconfigure.tracking;

import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.extensibility.MigrationType;
import org.jspecify.annotations.Nullable;

/**
 * The entry in {@code flyway_schema_history} that says that Bemi was added here. The work
 * is done by {@link BemiTrackingCallback} after each migrate.
 * <p>
 * It has no version, so that it neither blocks nor is blocked by the application's own
 * numbers, and a checksum that never changes, so that old and new instances agree. Its
 * type is the one of Flyway's own entry for schemas: Flyway does not miss such an entry
 * in instances that do not have the starter yet, or no more.
 */
final class BemiTrackingMigration implements JavaMigration {

	private static final int CHECKSUM = 1;

	@Override
	public @Nullable MigrationVersion getVersion() {
		return null;
	}

	@Override
	public String getDescription() {
		return "Bemi tracking";
	}

	@Override
	public Integer getChecksum() {
		return CHECKSUM;
	}

	@Override
	public MigrationType getType() {
		return CoreMigrationType.SCHEMA;
	}

	// Flyway refuses to mix the two kinds in one group (spring.flyway.group).
	@Override
	public boolean canExecuteInTransaction() {
		return true;
	}

	@Override
	public void migrate(Context context) {
		// See above.
	}

}
