package io.bemi.store;

import java.sql.Connection;

import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StoreSchema}.
 */
class StoreSchemaIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void neverRecordsItselfInWhateverSchemaItIs(int version) throws Exception {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				Connection connection = database.connect()) {
			database.execute("CREATE TABLE todo (id int PRIMARY KEY)");
			Tracking tracking = new Tracking(TrackingSettings.everything("test"));
			tracking.track(connection);
			new StoreSchema("Audit").migrate(connection);
			tracking.track(connection);
			database.execute("CREATE TABLE later (id int PRIMARY KEY)");
			assertThat(database.query("SELECT schemaname, tablename FROM pg_publication_tables ORDER BY 2"))
				.containsExactly("public|later", "public|todo");
			assertThat(database
				.query("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = '_bemi_session' ORDER BY 1"))
				.containsExactly("todo", "later");
		}
	}

	@Test
	void aSecondStartChangesNothing() throws Exception {
		try (TestDatabase database = PostgresServer.shared().createDatabase();
				Connection connection = database.connect()) {
			new StoreSchema("bemi").migrate(connection);
			String state = "SELECT string_agg(oid || ':' || xmin, ',' ORDER BY oid) FROM pg_class WHERE relnamespace = 'bemi'::regnamespace";
			var before = database.query(state);
			new StoreSchema("bemi").migrate(connection);
			assertThat(database.query(state)).isEqualTo(before);
		}
	}

}
