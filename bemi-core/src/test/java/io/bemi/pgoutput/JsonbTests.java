package io.bemi.pgoutput;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Jsonb}. {@link RowJsonIntegrationTests} asks the server the same.
 */
class JsonbTests {

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[]", " [ ] ", "{\"a\":1}", "{\"a\" : {\"b\":[1,[],{}]} , \"\":null}\n", "1", "-0",
			"0.5", "1e5", "1E+5", "1.5e-5", "\"\"", "true", "false", "null", "\"\\u0001\\ud83d\\uDE00\"",
			"\"\\\\u0000\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"ä😀\"", "0e999999", "1e131071", "0.001e131074",
			"1e-16383", "[[[[1]]],2]", "0.1e131072", "0.01e131073", "10e131070", "9.9e131071",
			"\"\\ud800\\udc00\\udbff\\udfff\"", "\"\\ue000\\ud7ff\"" })
	void accepts(String text) {
		assertThat(Jsonb.accepts(text)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
			"{a:1}", "{1:1}", "[}", "{]", "[1]]", "1 2", "01", "+1", "1.", ".5", "1e", "1e+", "-", "--1", "tru",
			"trueX", "nul", "'a'", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u00\"", "\"\\u00g0\"", "\"\\u٠٠٠1\"",
			"\"a\nb\"", "NaN", "Infinity", "{\"a\":\"\\u0000\"}", "[\"\\u0000\"]", "{\"\\u0000\":1}", "\"\\ud83d\"",
			"\"\\ude00\"", "\"\\ud83da\\ude00\"", "\"\\ud83d\\n\\ude00\"", "\"\\ud83d\\ud83d\"", "1e131072", "1e-16384",
			"0e-16384", "0e9999999999999", "[1e-9999999999999999999999]", "0.1e131073", "0.01e131074", "0.001e131075",
			"10e131071", "9.9e131072", "\"\\udc00\"", "\"\\udfff\"", "\"\\ud800\"", "\"\\udbff\"", "\"\\ud800\\ue000\"",
			"\"\\ud800\\udbff\"", "{\"a\" 1}", "{\"\\x\":1}", "{\"a\\u0000\":1}", "[tru]", "[nulX]",
			"\"\\u\uff11\uff11\uff11\uff11\"", "\"\u001f\"", "\u00a01", "// a\n1" })
	void refuses(String text) {
		assertThat(Jsonb.accepts(text)).isFalse();
	}

	@Test
	void knowsWhatNumericHolds() {
		assertThat(Jsonb.accepts("1".repeat(131_072))).isTrue();
		assertThat(Jsonb.accepts("1".repeat(131_073))).isFalse();
		assertThat(Jsonb.accepts("0." + "1".repeat(16_383))).isTrue();
		assertThat(Jsonb.accepts("0." + "1".repeat(16_384))).isFalse();
		assertThat(Jsonb.accepts("0." + "1".repeat(16_384) + "e1")).isTrue();
		assertThat(Jsonb.accepts("1." + "0".repeat(16_384))).isFalse();
	}

	@Test
	void limitsDepth() {
		assertThat(Jsonb.accepts("[".repeat(900) + "]".repeat(900))).isTrue();
		assertThat(Jsonb.accepts("[".repeat(901) + "]".repeat(901))).isFalse();
		assertThat(Jsonb.accepts("{\"a\":[".repeat(1_000_000))).isFalse();
		assertThat(Jsonb.accepts("[" + "[[]],".repeat(10_000) + "1]")).isTrue();
	}

}
