package io.bemi.ingestion;

import io.bemi.change.Position;
import io.bemi.stitching.ContextMessage;
import io.bemi.stitching.ContextMessage.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Metadata}.
 */
class MetadataTests {

	private static String application(String content) {
		return Metadata.of(new ContextMessage(Source.APPLICATION, Position.ZERO, content));
	}

	private static String session(String content) {
		return Metadata.of(new ContextMessage(Source.SESSION, Position.ZERO, content));
	}

	@Test
	void keepsTheApplicationsContextAsItIs() {
		assertThat(application("{\"user\": \"ann\",  \"n\": 1.50}")).isEqualTo("{\"user\": \"ann\",  \"n\": 1.50}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "not json", "[1]", "1", "{\"a\": \"\\u0000\"}", "{\"a\": 1e999999}", "{", "{} {}" })
	void saysWhatItCannotTake(String content) {
		assertThat(application(content)).isEqualTo("{\"_bemi\":{\"error\":\"The context was no JSON object\"}}");
		assertThat(session(content)).isEqualTo("{\"_bemi\":{\"error\":\"The context was no JSON object\"}}");
	}

	@Test
	void saysThatAContextWasNotKept() {
		String metadata = "{\"_bemi\":{\"error\":\"The context was too long, or empty\"}}";
		assertThat(application("")).isEqualTo(metadata);
		assertThat(session("")).isEqualTo(metadata);
	}

	@Test
	void addsWhatTheDatabaseSaysToTheSessionsContext() {
		assertThat(session("""
				{"db":{"user":"ann","application":"psql"},"context":"{\\"ticket\\": \\"OPS-1\\", \\"n\\": 1.50}"}"""))
			.isEqualTo("""
					{"ticket":"OPS-1","n":1.50,"_bemi":{"db":{"user":"ann","application":"psql"}}}""");
	}

	@Test
	void theSessionMayHaveNoContext() {
		assertThat(session("{\"db\":{\"user\":\"ann\"}}")).isEqualTo("{\"_bemi\":{\"db\":{\"user\":\"ann\"}}}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "not json", "[]", "3", "{\\\"a\\\": \\\"\\\\u0000\\\"}" })
	void aSettingThatIsNoJsonObjectLosesNothingElse(String setting) {
		assertThat(session("{\"db\":{\"user\":\"ann\"},\"context\":\"" + setting + "\"}")).isEqualTo(
				"{\"_bemi\":{\"error\":\"The setting bemi.context was no JSON object\",\"db\":{\"user\":\"ann\"}}}");
	}

	@Test
	void theSettingCannotForgeFacts() {
		assertThat(
				session("""
						{"db":{"user":"ann"},"context":"{\\"_bemi\\": {\\"db\\": {\\"user\\": \\"root\\"}, \\"error\\": \\"x\\"}}"}"""))
			.isEqualTo("{\"_bemi\":{\"db\":{\"user\":\"ann\"}}}");
		assertThat(session("""
				{"db":{"user":"ann"},"context":"{\\"_bemi\\": {\\"error\\": \\"x\\"}}"}"""))
			.isEqualTo("{\"_bemi\":{\"db\":{\"user\":\"ann\"}}}");
	}

	@Test
	void theCommentsKeysWin() {
		assertThat(
				session("""
						{"db":{},"context":"{\\"a\\": 1, \\"b\\": 1}","comment":"/*Bemi {\\"b\\": 2, \\"_bemi\\": 2} Bemi*/"}"""))
			.isEqualTo("{\"a\":1,\"b\":2,\"_bemi\":{\"db\":{}}}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/*Bemi Bemi*/", "/*Bemi*/", "/*Bemi {} */ /* Bemi*/", "/*Bemi {} /* Bemi*/",
			"/*Bemi [1] Bemi*/", "{}", "/*Bemi {}", "{} Bemi*/" })
	void aCommentThatIsNoJsonObjectLosesNothingElse(String comment) {
		assertThat(session("""
				{"db":{},"context":"{\\"a\\": 1}","comment":"%s"}""".formatted(comment))).isEqualTo("""
				{"a":1,"_bemi":{"error":"The comment of the statement was no JSON object","db":{}}}""");
	}

	@Test
	void passesTheTriggersErrorOn() {
		assertThat(session("{\"db\":{\"user\":\"ann\"},\"error\":\"too large\"}"))
			.isEqualTo("{\"_bemi\":{\"error\":\"too large\",\"db\":{\"user\":\"ann\"}}}");
	}

}
