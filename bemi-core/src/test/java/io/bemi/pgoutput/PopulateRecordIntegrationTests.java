package io.bemi.pgoutput;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether {@code jsonb_populate_record} gives back what {@code to_jsonb} took: for all
 * built-in types but the closed list that {@code docs/types.md} holds.
 */
class PopulateRecordIntegrationTests {

	/**
	 * The columns that are lost, for simple ones with their text. Bounds are forgiven.
	 */
	private static final String FUNCTION = """
			CREATE FUNCTION lost(rows regclass) RETURNS SETOF text LANGUAGE plpgsql SET TimeZone = 'UTC' AS $$
			DECLARE
			  col name;
			  before text;
			  after text;
			BEGIN
			  FOR col IN SELECT attname FROM pg_attribute WHERE attrelid = rows AND attnum > 0 LOOP
			    BEGIN
			      EXECUTE format('SELECT %1$I::text FROM %2$s', col, rows) INTO before;
			      EXECUTE format('SELECT (jsonb_populate_record(NULL::%2$s, jsonb_build_object(%1$L, to_jsonb(r) -> %1$L))).%1$I::text FROM %2$s r', col, rows)
			        INTO after;
			    EXCEPTION WHEN OTHERS THEN
			      after := SQLERRM;
			    END;
			    IF regexp_replace(before, '^(\\[[-0-9]+:[-0-9]+\\])+=', '') IS DISTINCT FROM after THEN
			      RETURN NEXT CASE WHEN col ~ '^c[0-9]+$' THEN before END;
			    END IF;
			  END LOOP;
			END $$
			""";

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void givesRowsBackButForAClosedList(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute(FUNCTION);
			List<String> types = new ArrayList<>();
			List<String> values = new ArrayList<>();
			for (String table : TypeSamples.createTables(session)) {
				List<String> lost = database.query("SELECT lost('" + table + "')");
				String type = table.substring("\"table of ".length(), table.length() - 1);
				if (!lost.isEmpty()) {
					types.add(type);
				}
				lost.stream()
					.filter((before) -> !type.equals("json") && !before.equals("null") || type.equals("jsonb"))
					.forEach((before) -> values.add(type + " '" + before + "'"));
			}
			// No row with a domain over aclitem can be made: it has no binary input.
			assertThat(types).containsExactlyInAnyOrder("json", "jsonb", "float4", "float8", "int2vector", "oidvector",
					"aclitem");
			assertThat(values.stream().distinct()).containsExactlyInAnyOrder("jsonb 'null'", "float4 '-0'",
					"float8 '-0'", "int2vector ''", "oidvector ''", "aclitem '=r/postgres'");
		}
	}

}
