package io.bemi.pgoutput;

import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JsonValues}.
 */
class JsonValuesTests {

	private static final int MUTATIONS = Boolean.getBoolean("bemi.soak") ? 1_000_000 : 50_000;

	private static final int TEXT = 25;

	private static final int TEXT_ARRAY = 1009;

	private static final int INT_ARRAY = 1007;

	private static final int PAIR = 20_000;

	private static final int PAIRS = 20_001;

	private static final int NESTED = 20_002;

	private static final int HSTORE = 20_003;

	private static final int PAIR_DOMAIN = 20_004;

	private static final int EMPTY = 20_005;

	private static final Map<Integer, PgType> TYPES = Map.of(PAIR,
			new PgType.Composite(
					List.of(new PgType.Field("n", BuiltinTypes.INT4), new PgType.Field("a \"name\"", TEXT))),
			PAIRS, new PgType.Array(PAIR, ','), NESTED,
			new PgType.Composite(List.of(new PgType.Field("pairs", PAIRS), new PgType.Field("tags", TEXT_ARRAY))),
			HSTORE, new PgType.Hstore(), PAIR_DOMAIN, new PgType.Domain(PAIR), EMPTY, new PgType.Composite(List.of()));

	private final JsonValues values = new JsonValues((oid) -> TYPES.getOrDefault(oid, new PgType.Base()));

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "16|t|true", "16|f|false", "20|-9223372036854775808|-9223372036854775808", "701|1e+20|1e+20",
					"701|NaN|\"NaN\"", "701|-Infinity|\"-Infinity\"", "1700|1.500|1.500", "1700|NaN|\"NaN\"",
					"26|1|\"1\"", "1082|2026-01-31|\"2026-01-31\"",
					"1114|2026-01-31 10:00:00.5|\"2026-01-31T10:00:00.5\"",
					"1114|0044-03-15 12:00:00 BC|\"0044-03-15T12:00:00 BC\"", "1114|-infinity|\"-infinity\"",
					"1114|infinity|\"infinity\"", "1184|2026-01-31 10:00:00-08|\"2026-01-31T10:00:00-08:00\"",
					"1184|12026-01-31 10:00:00.000001+00|\"12026-01-31T10:00:00.000001+00:00\"",
					"1184|2026-01-31 10:00:00+00|\"2026-01-31T10:00:00+00:00\"",
					"1184|0044-03-15 12:00:00-05 BC|\"0044-03-15T12:00:00-05:00 BC\"",
					"1184|2026-01-31 10:00:00+05:30|\"2026-01-31T10:00:00+05:30\"", "1184|infinity|\"infinity\"",
					"114|{\"a\" :  1.50}|{\"a\" :  1.50}", "114|{\"a\":\"\\u0000\"}|\"{\\\"a\\\":\\\"\\\\u0000\\\"}\"",
					"3802|{\"a\": 1}|{\"a\": 1}", "22|1 2|[1, 2]", "22|``|[]", "30|1|[\"1\"]",
					"17|\\x00ff|\"\\\\x00ff\"", "99999|happy|\"happy\"" })
	void writesScalars(int oid, String text, String json) {
		assertThat(json(oid, text)).isEqualTo(json);
	}

	@ParameterizedTest
	@ValueSource(ints = { BuiltinTypes.JSON, BuiltinTypes.JSONB })
	void keepsTooDeepJsonAsString(int type) {
		String deep = "[".repeat(901) + "]".repeat(901);
		assertThat(json(type, deep)).isEqualTo('"' + deep + '"');
		String wide = "[" + "1, ".repeat(1000) + "1]";
		assertThat(json(type, wide)).isEqualTo(wide);
	}

	@Test
	void escapesStringsAsJsonbDoes() {
		assertThat(json(TEXT, "a\"b\\c/\b\f\n\r\t\u0001\u001f\u007f ä😀"))
			.isEqualTo("\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\u007f ä😀\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "{}|[]", "{1,NULL,-3}|[1, null, -3]", "{{1,2},{3,4}}|[[1, 2], [3, 4]]",
					"[2:3][-1:0]={{1,2},{3,4}}|[[1, 2], [3, 4]]", "{{{{{{1}}}}}}|[[[[[[1]]]]]]" })
	void writesArrays(String text, String json) {
		assertThat(json(INT_ARRAY, text)).isEqualTo(json);
	}

	@Test
	void unquotesElements() {
		assertThat(json(TEXT_ARRAY, "{a,\"NULL\",NULL,\"\",\"a,b\",\"{x}\",\"q\\\"b\\\\\"}"))
			.isEqualTo("[\"a\", \"NULL\", null, \"\", \"a,b\", \"{x}\", \"q\\\"b\\\\\"]");
	}

	@Test
	void separatesBoxesBySemicolon() {
		assertThat(json(1020, "{(1,1),(0,0);(2,2),(0,0)}")).isEqualTo("[\"(1,1),(0,0)\", \"(2,2),(0,0)\"]");
	}

	@Test
	void writesComposites() {
		assertThat(json(PAIR, "(1,\"a \"\"b\"\" \\\\ (c),\")"))
			.isEqualTo("{\"n\": 1, \"a \\\"name\\\"\": \"a \\\"b\\\" \\\\ (c),\"}");
		assertThat(json(PAIR, "(,)")).isEqualTo("{\"n\": null, \"a \\\"name\\\"\": null}");
		assertThat(json(PAIR, "(,\"\")")).isEqualTo("{\"n\": null, \"a \\\"name\\\"\": \"\"}");
		assertThat(json(PAIR_DOMAIN, "(1,b)")).isEqualTo("{\"n\": 1, \"a \\\"name\\\"\": \"b\"}");
		assertThat(json(EMPTY, "()")).isEqualTo("{}");
	}

	@Test
	void writesArraysInCompositesInArrays() {
		assertThat(json(PAIRS, "{\"(1,\\\"a,b\\\")\",NULL,\"(2,)\"}"))
			.isEqualTo("[{\"n\": 1, \"a \\\"name\\\"\": \"a,b\"}, null, {\"n\": 2, \"a \\\"name\\\"\": null}]");
		assertThat(json(NESTED, "(\"{\"\"(1,\\\\\"\"a,b\\\\\"\")\"\"}\",\"{x,\"\"y z\"\"}\")"))
			.isEqualTo("{\"pairs\": [{\"n\": 1, \"a \\\"name\\\"\": \"a,b\"}], \"tags\": [\"x\", \"y z\"]}");
	}

	@Test
	void writesHstore() {
		assertThat(json(HSTORE, "\"a\"=>\"1\", \"b\"=>NULL, \"c\\\"\\\\\"=>\"NULL\""))
			.isEqualTo("{\"a\": \"1\", \"b\": null, \"c\\\"\\\\\": \"NULL\"}");
		assertThat(json(HSTORE, "")).isEqualTo("{}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "{1", "{1,", "}", "{1}}", "{1}x", "[1:2]", "[1:2]{1}", "{{{{{{{1}}}}}}}", "{\"1}",
			"{\"1\"x}", "{1 \"" })
	void refusesWhatIsNoArray(String text) {
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> json(INT_ARRAY, text))
			.withMessageStartingWith("Expected ")
			.withMessageContaining("at offset ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "(", "1,b", "(1)", "(1,b,c)", "(1,b", "(1,\"b)", "(1,b)x" })
	void refusesWhatIsNoSuchComposite(String text) {
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> json(PAIR, text))
			.withMessageStartingWith("Expected ")
			.withMessageContaining("composite with 2 fields, but found");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "\"a\"", "\"a\"=>", "\"a\"=>b", "\"a\"=>\"b\",", "\"a\"=>\"b\" \"c\"=>NULL" })
	void refusesWhatIsNoHstore(String text) {
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> json(HSTORE, text));
	}

	@Test
	void saysWhereAndWhatWasFound() {
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> json(INT_ARRAY, "{1"))
			.withMessage("Expected ',' at offset 2 of the text of array, but found the end");
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> json(PAIR, "(1;2)"))
			.withMessage("Expected ',' at offset 4 of the text of composite with 2 fields, but found ')'");
	}

	@Test
	void refusesWhatIsNoBoolean() {
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> json(16, "true"))
			.withMessage("Expected t or f for a boolean, but found 4 other characters");
	}

	@Test
	void answersRandomTextWithJsonOrPgOutputException() {
		Random random = new Random(7);
		int[] types = { INT_ARRAY, TEXT_ARRAY, PAIR, PAIRS, NESTED, HSTORE, 1184, 1114, 114, 22, 199, 1700 };
		for (int i = 0; i < 200_000; i++) {
			String text = random.ints(random.nextInt(14), 0, 18)
				.mapToObj((c) -> "{}(),\"\\[]:=> 1aNU+".substring(c, c + 1))
				.reduce("", String::concat);
			int type = types[random.nextInt(types.length)];
			try {
				String json = json(type, text);
				assertThat(Jsonb.accepts(json)).as(json).isTrue();
			}
			catch (PgOutputException ex) {
				assertThat(ex.getMessage()).startsWith("Expected ");
			}
		}
	}

	@Test
	void answersMutatedTextsWithJsonOrPgOutputException() {
		Random random = new Random(11);
		Map<Integer, String> texts = Map.of(INT_ARRAY, "[2:3][-1:0]={{1,2},{3,NULL}}", TEXT_ARRAY,
				"{a,\"NULL\",NULL,\"\",\"a,b\",\"{x}\",\"q\\\"b\\\\\"}", PAIR, "(1,\"a \"\"b\"\" \\\\ (c),\")", PAIRS,
				"{\"(1,\\\"a,b\\\")\",NULL,\"(2,)\"}", NESTED,
				"(\"{\"\"(1,\\\\\"\"a,b\\\\\"\")\"\"}\",\"{x,\"\"y z\"\"}\")", HSTORE,
				"\"a\"=>\"1\", \"b\"=>NULL, \"c\\\"\\\\\"=>\"NULL\"", 1184, "0044-03-15 12:00:00.5-05:30 BC", 199,
				"{\"{\\\"a\\\": 1}\",null,\"[1e5]\"}", 16, "t", 30, "1 2 4294967295");
		List<Integer> types = List.copyOf(texts.keySet());
		int accepted = 0;
		for (int i = 0; i < MUTATIONS; i++) {
			int type = types.get(random.nextInt(types.size()));
			StringBuilder text = new StringBuilder(String.valueOf(texts.get(type)));
			for (int change = random.nextInt(3); change >= 0; change--) {
				int at = random.nextInt(text.length() + 1);
				char c = "{}(),\"\\[]:=> 1aNULtf\u0001".charAt(random.nextInt(21));
				switch (random.nextInt(3)) {
					case 0 -> text.insert(at, c);
					case 1 -> text.setLength(at);
					default -> text.replace(at, Math.min(at + 1, text.length()), String.valueOf(c));
				}
			}
			try {
				String json = json(type, text.toString());
				assertThat(Jsonb.accepts(json)).as(text + " gives " + json).isTrue();
				accepted++;
			}
			catch (PgOutputException ex) {
				assertThat(ex.getMessage()).startsWith("Expected ");
			}
		}
		assertThat(accepted).isBetween(MUTATIONS / 50, MUTATIONS - MUTATIONS / 50);
	}

	private String json(int oid, String text) {
		StringBuilder out = new StringBuilder();
		this.values.append(out, oid, text);
		return out.toString();
	}

}
