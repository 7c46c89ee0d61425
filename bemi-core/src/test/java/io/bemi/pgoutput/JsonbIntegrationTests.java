package io.bemi.pgoutput;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Asks the server whether {@link Jsonb} is right.
 */
class JsonbIntegrationTests {

	private static final String FUNCTION = """
			CREATE FUNCTION accepts(value text) RETURNS boolean LANGUAGE plpgsql AS $$
			BEGIN
			  PERFORM value::jsonb;
			  RETURN true;
			EXCEPTION WHEN data_exception OR untranslatable_character THEN
			  RETURN false;
			END $$
			""";

	private static final String[] PARTS = { "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "1", "0", "-", ".",
			"e", "E", "+", "131071", "131072", "16383", "16384", "99999999999", "1073741822", "1073741823", "true",
			"null", "false", " ", "\n", "\t", "\\", "\\u", "\\u0000", "\\u0001", "\\ud83d", "\\ude00", "\\n", "\\q",
			"\\\\", "\\\"", "ä", "\u0001", "\u00a0", "00", "0.0", "0.1", "1e5" };

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void acceptsWhatTheServerAccepts(int version) throws SQLException {
		Random random = new Random(version);
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			texts.add(randomText(random));
		}
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				Connection connection = database.connect()) {
			connection.createStatement().execute(FUNCTION);
			try (PreparedStatement statement = connection
				.prepareStatement("SELECT text, accepts(text) FROM unnest(?) AS text")) {
				statement.setArray(1, connection.createArrayOf("text", texts.toArray()));
				int accepted = 0;
				try (ResultSet row = statement.executeQuery()) {
					while (row.next()) {
						assertThat(Jsonb.accepts(row.getString(1))).as(row.getString(1)).isEqualTo(row.getBoolean(2));
						accepted += row.getBoolean(2) ? 1 : 0;
					}
				}
				assertThat(accepted).isGreaterThan(500);
			}
		}
	}

	private static String randomText(Random random) {
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(8); i >= 0; i--) {
			text.append(PARTS[random.nextInt(PARTS.length)]);
		}
		return switch (random.nextInt(4)) {
			case 0 -> "[" + text + "]";
			case 1 -> "\"" + text + "\"";
			case 2 -> random.nextInt(200) + "." + random.nextInt(200) + "e" + (random.nextBoolean() ? "-163" : "1310")
					+ random.nextInt(100);
			default -> text.toString();
		};
	}

}
