package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.bemi.pgoutput.JsonBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StoredJson}.
 */
class StoredJsonTests {

	@Test
	void takesAnObjectApart() {
		assertThat(
				members("""
						{"a": 1, "b": "x\\"}, {", "c": {"d": [1, "}]", {}]}, "e\\n\\u00e9\\"": null, "f": [], "g": -1.50e+3}"""))
			.containsExactly(Map.entry("a", "1"), Map.entry("b", "\"x\\\"}, {\""),
					Map.entry("c", "{\"d\": [1, \"}]\", {}]}"), Map.entry("e\n\u00e9\"", "null"), Map.entry("f", "[]"),
					Map.entry("g", "-1.50e+3"));
	}

	@Test
	void takesAnEmptyObject() {
		assertThat(members("{}")).isEmpty();
	}

	/**
	 * Strings as they come from the log have no quotes and escapes yet.
	 */
	@ParameterizedTest
	@CsvSource(quoteCharacter = '\'', value = { "a, '\"a\"', true", "a, '\"b\"', false", "é, '\"\\u00e9\"', true",
			"'a\"', '\"a\\\"\"', true", "'a\\', '\"a\\\\\"', true", "1, 1, false", "'a/b', '\"a\\/b\"', true" })
	void comparesTextsWithValues(String text, String json, boolean same) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		JsonBytes string = JsonBytes.string(bytes, 0, bytes.length);
		assertThat(StoredJson.same(string, JsonBytes.of(json))).isEqualTo(same);
		assertThat(StoredJson.same(JsonBytes.of(json), string)).isEqualTo(same);
	}

	private static Map<String, String> members(String object) {
		Map<String, String> members = new LinkedHashMap<>();
		StoredJson.members(object.getBytes(StandardCharsets.UTF_8))
			.forEach((name, value) -> members.put(name, value.toString()));
		return members;
	}

	/**
	 * To look into them would take too much memory.
	 */
	@Test
	void comparesLongValuesAsTheyAre() {
		String padding = " ".repeat(1 << 20);
		assertThat(StoredJson.same(JsonBytes.of("[1]" + padding), JsonBytes.of("[1]"))).isFalse();
		assertThat(StoredJson.same(JsonBytes.of("[1]" + padding), JsonBytes.of("[1]" + padding))).isTrue();
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '\'',
			value = { "1, 1, true", "1.5, 1.50, false", "1e+20, 100000000000000000000, true", "0.000, 0, false",
					"0e5, 0.000, false", "0e5, 0, true", "-0, 0, true", "-0.0, 0.0, true", "15.0e1, 150, true",
					"1.50e1, 15.0, true", "1.5e1, 15.0, false", "1e-3, 0.001, true", "'[1.5]', '[1.50]', false",
					"'{\"a\": 0e5}', '{\"a\": 0.000}', false", "1, '[1]', false", "'[-0]', '[0]', true",
					"null, null, true", "null, 0, false", "true, false, false", "1, '\"1\"', false",
					"'{\"a\":1}', '{\"a\": 1}', true", "'{\"b\":1,\"aa\":2}', '{\"b\": 1, \"aa\": 2}', true",
					"'[1,2]', '[1, 2]', true", "'[1,2]', '[2, 1]', false", "'\"\\u00e9\"', '\"é\"', true",
					"'\"a\" ', '\"a\"', true", "'true ', true, true", "' false', false, true", "'7 ', 7, true",
					"'true ', false, false", "'\"a \"', '\"a\"', false", "'null ', null, true",
					"'{\"a\":[1e2]}', '{\"a\": [100]}', true", "12345678901234567890, 12345678901234567891, false" })
	void comparesValuesAsTheStoreWouldPrintThem(String one, String other, boolean same) {
		assertThat(StoredJson.same(JsonBytes.of(one), JsonBytes.of(other))).isEqualTo(same);
		assertThat(StoredJson.same(JsonBytes.of(other), JsonBytes.of(one))).isEqualTo(same);
	}

}
