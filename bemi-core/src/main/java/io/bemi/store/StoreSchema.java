package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import io.bemi.tracking.SchemaMigrator;

/**
 * The tables of the store. Forward only: an older version leaves a newer schema alone.
 */
public final class StoreSchema {

	private static final List<String> STEPS = List.of("V001__store.sql", "V002__baseline.sql", "V003__timetravel.sql",
			"V004__places.sql", "V005__chain.sql", "V006__retention.sql", "V007__worker.sql");

	private final SchemaMigrator migrator;

	/**
	 * Names the schema.
	 * @param schema its name
	 */
	public StoreSchema(String schema) {
		this.migrator = new SchemaMigrator("store", schema, STEPS, StoreSchema.class);
	}

	/**
	 * Creates the tables or brings them up to date.
	 * @param connection a connection to the store's database, in no transaction
	 * @throws SQLException when the database refuses
	 */
	public void migrate(Connection connection) throws SQLException {
		this.migrator.migrate(connection);
	}

}
