package io.bemi.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JsonBytes}.
 */
class JsonBytesTests {

	private static JsonBytes string(String text) {
		byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
		return JsonBytes.string(bytes, 1, bytes.length - 2);
	}

	private static JsonBytes json(String json) {
		byte[] bytes = ("<" + json + ">").getBytes(StandardCharsets.UTF_8);
		return JsonBytes.of(bytes, 1, bytes.length - 2);
	}

	private static String written(JsonBytes json) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		json.writeTo((data, offset, length) -> {
			assertThat(length).isPositive();
			bytes.write(data, offset, length);
		});
		return bytes.toString(StandardCharsets.UTF_8);
	}

	@Test
	void writesAsItPrints() {
		Random random = new Random(1);
		for (int run = 0; run < 20_000; run++) {
			StringBuilder text = new StringBuilder();
			for (int i = random.nextInt(12); i > 0; i--) {
				text.appendCodePoint(switch (random.nextInt(4)) {
					case 0 -> random.nextInt(1, 32);
					case 1 -> "\"\\/\u007F".charAt(random.nextInt(4));
					case 2 -> random.nextInt(32, 0x250);
					default -> 0x1F600 + random.nextInt(50);
				});
			}
			StringBuilder expected = new StringBuilder();
			JsonText.append(expected, text.toString());
			JsonBytes string = string(text.toString());
			assertThat(written(string)).isEqualTo(expected.toString());
			assertThat(string).hasToString(expected.toString());
			assertThat(string.equals(json(expected.toString()))).isTrue();
			assertThat(json(expected.toString()).equals(string)).isTrue();
			assertThat(string).isEqualTo(string(text.toString())).hasSameHashCodeAs(json(expected.toString()));
			assertThat(string.equals(json(expected + " "))).isFalse();
			assertThat(string.equals(string(text + "x"))).isFalse();
			assertThat(string.equals(json('"' + text.toString() + '"')))
				.isEqualTo(expected.toString().equals('"' + text.toString() + '"'));
		}
	}

	@Test
	void differsByWhatItSays() {
		assertThat(json("1")).isEqualTo(JsonBytes.of("1"))
			.isNotEqualTo(string("1"))
			.isNotEqualTo(json("1.0"))
			.isNotEqualTo(json("2"));
		assertThat(string("ab")).isNotEqualTo(json("\"ac\"")).isNotEqualTo(json("\"a\"")).isNotEqualTo("\"ab\"");
		assertThat(json("null")).isEqualTo(JsonBytes.NULL);
	}

	@Test
	void isAsLongAsItIsWithoutEscapes() {
		assertThat(json("[1]").length()).isEqualTo(3);
		assertThat(string("é\n").length()).isEqualTo(5);
	}

}
