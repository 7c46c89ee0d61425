package io.bemi.context;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link ContextWriter}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ContextWriterTests {

	private final ContextWriter writer = new ContextWriter();

	@Test
	void writesWhatJsonCanHold() {
		Map<String, Object> context = new LinkedHashMap<>();
		context.put("text", "a\"b");
		context.put("number", 12);
		context.put("decimal", new BigDecimal("1.50"));
		context.put("flag", true);
		context.put("none", null);
		context.put("instant", Instant.EPOCH);
		context.put("date", LocalDate.of(2026, 1, 2));
		context.put("duration", Duration.ofMinutes(5));
		context.put("optional", Optional.of("x"));
		context.put("id", new UUID(0, 1));
		context.put("list", List.of(1, Map.of("a", "b")));
		context.put("array", new int[] { 1, 2 });
		assertThat(write(context)).isEqualTo("{\"text\":\"a\\\"b\",\"number\":12,\"decimal\":1.50,\"flag\":true,"
				+ "\"none\":null,\"instant\":\"1970-01-01T00:00:00Z\",\"date\":\"2026-01-02\",\"duration\":\"PT5M\","
				+ "\"optional\":\"x\",\"id\":\"00000000-0000-0000-0000-000000000001\","
				+ "\"list\":[1,{\"a\":\"b\"}],\"array\":[1,2]}");
	}

	@Test
	void writesAsciiThatEveryDatabaseTakes() {
		assertThat(write(Map.of("\u0141\u0000", "\u00E9\uD83D\uDE00 \u0000 \uD800 \uDC00x")))
			.isEqualTo("{\"\\u0141\\uFFFD\":\"\\u00E9\\uD83D\\uDE00 \\uFFFD \\uFFFD \\uFFFDx\"}");
		assertThat(write(Map.of("nested", List.of(Map.of("\u0141\u0000", "\u0000")))))
			.isEqualTo("{\"nested\":[{\"\\u0141\\uFFFD\":\"\\uFFFD\"}]}");
	}

	@Test
	void masksSensitiveKeysAtAnyDepth() {
		Map<String, Object> context = new LinkedHashMap<>();
		context.put("userPassword", "1");
		context.put("params", Map.of("X-AUTHORIZATION", List.of("2")));
		context.put("list", List.of(Map.of("csrfToken", Map.of("a", "3"))));
		context.put("Cookie", 4);
		context.put("bean", new Credentials("5", "visible"));
		assertThat(write(context)).isEqualTo("{\"userPassword\":\"[masked]\","
				+ "\"params\":{\"X-AUTHORIZATION\":\"[masked]\"},\"list\":[{\"csrfToken\":\"[masked]\"}],"
				+ "\"Cookie\":\"[masked]\",\"bean\":{\"secret\":\"[masked]\",\"name\":\"visible\"}}");
	}

	@Test
	void masksTheKeysItIsTold() {
		ContextWriter own = new ContextWriter(OnError.RECORD, 2048, List.of("IBAN"));
		assertThat(write(own, Map.of("customerIban", "x"))).isEqualTo("{\"customerIban\":\"[masked]\"}");
		assertThat(write(own, Map.of("password", "x"))).isEqualTo("{\"password\":\"x\"}");
	}

	@Test
	void dropsTheReservedKey() {
		assertThat(write(Map.of("_bemi", Map.of("db", "forged")))).isEqualTo("{}");
	}

	@Test
	void leavesOutWhatHasNoJsonForm(CapturedOutput output) {
		Map<String, Object> cycle = new HashMap<>();
		Map<String, Object> context = new LinkedHashMap<>();
		context.put("good", 1);
		context.put("bad", new Object());
		context.put("loop", new Loop());
		context.put("thrower", new Thrower());
		context.put("tail", cycle);
		String json = write(context);
		assertThat(json)
			.startsWith("{\"good\":1,\"tail\":{},\"_bemi\":{\"error\":\"The value of 'bad' has no JSON form")
			.contains("'loop'", "'thrower'")
			.doesNotContain("secret detail");
		write(context);
		assertThat(output.getOut().split("The value of 'bad' has no JSON form", -1)).hasSize(2);
	}

	@Test
	void leavesOutTheLargestKeysOfContextThatIsTooLarge(CapturedOutput output) {
		ContextWriter small = new ContextWriter(OnError.RECORD, 1024, List.of());
		Map<String, Object> context = new LinkedHashMap<>();
		context.put("user", "alice");
		context.put("body", "x".repeat(5000));
		String json = write(small, context);
		assertThat(json).startsWith("{\"user\":\"alice\",\"_bemi\":{\"error\":\"The context has 50")
			.contains("bemi.context.max-size", "left out: body")
			.hasSizeLessThan(1024);
		assertThat(output).contains("raise bemi.context.max-size");
	}

	@Test
	void staysWithinTheSizeWhateverTheKeysAre() {
		ContextWriter small = new ContextWriter(OnError.RECORD, 1024, List.of());
		Map<String, Object> context = new LinkedHashMap<>();
		for (int i = 0; i < 500; i++) {
			context.put("\u0141".repeat(300) + i, new Object());
		}
		assertThat(write(small, context)).hasSizeLessThan(1025).contains("\"error\":");
	}

	@Test
	void failsWhereAskedTo() {
		ContextWriter strict = new ContextWriter(OnError.FAIL, 1024, List.of());
		assertThatThrownBy(() -> write(strict, Map.of("bad", new Object()))).isInstanceOf(ContextException.class)
			.hasMessageContaining("'bad'")
			.hasMessageContaining("bemi.context.on-error=fail");
		assertThatThrownBy(() -> write(strict, Map.of("body", "x".repeat(2000)))).isInstanceOf(ContextException.class)
			.hasMessageContaining("max-size");
	}

	@Test
	void hasNoContextItselfWhileItWrites() {
		ContextSnapshot[] seen = new ContextSnapshot[1];
		Object value = new Object() {
			@SuppressWarnings("unused")
			public String getValue() {
				seen[0] = ContextSnapshot.current();
				return "x";
			}
		};
		assertThat(write(Map.of("k", value))).isEqualTo("{\"k\":{\"value\":\"x\"}}");
		assertThat(seen).containsExactly(ContextSnapshot.NONE);
	}

	@Test
	void buildsTheSameSnapshotOnce() {
		int[] calls = new int[1];
		Object value = new Object() {
			@SuppressWarnings("unused")
			public int getValue() {
				return ++calls[0];
			}
		};
		BemiContext.run(Map.of("k", value), () -> {
			this.writer.write(ContextSnapshot.current());
			this.writer.write(ContextSnapshot.current());
		});
		assertThat(calls).containsExactly(1);
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesSenselessSettings() {
		assertThatIllegalArgumentException().isThrownBy(() -> new ContextWriter(OnError.RECORD, 10, List.of()))
			.withMessage("'maxSize' must be at least 1024 bytes, but is 10");
		assertThatIllegalArgumentException().isThrownBy(() -> new ContextWriter(null, 1024, List.of()))
			.withMessage("'onError' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> new ContextWriter(OnError.FAIL, 1024, null))
			.withMessage("'masks' must not be null");
	}

	private String write(Map<String, ?> context) {
		return write(this.writer, context);
	}

	private static String write(ContextWriter writer, Map<String, ?> context) {
		String[] json = new String[1];
		BemiContext.run(context, () -> json[0] = writer.write(ContextSnapshot.current()));
		return json[0];
	}

	record Credentials(String secret, String name) {
	}

	static class Loop {

		public Loop getSelf() {
			return this;
		}

	}

	static class Thrower {

		public String getValue() {
			throw new IllegalStateException("secret detail");
		}

	}

}
