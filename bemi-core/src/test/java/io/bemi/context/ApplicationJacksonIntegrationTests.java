package io.bemi.context;

import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.util.RawValue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The jar as applications get it, beside whatever Jackson they have.
 */
class ApplicationJacksonIntegrationTests {

	private static final String TREE = "{\"text\":\"\u0141\",\"token\":\"x\",\"price\":1.50,\"list\":[1,null,true]}";

	private static final String WRITTEN = "{\"text\":\"\\u0141\",\"token\":\"[masked]\",\"price\":1.50,"
			+ "\"list\":[1,null,true]}";

	@Test
	void jarHasAllOfItsJacksonUnderItsOwnName() throws Exception {
		URL location = ContextWriter.class.getProtectionDomain().getCodeSource().getLocation();
		try (JarFile jar = new JarFile(new File(location.toURI()))) {
			List<String> names = jar.stream().map((entry) -> entry.getName()).toList();
			assertThat(names).contains("io/bemi/internal/jackson/databind/ObjectMapper.class",
					"io/bemi/internal/jackson/core/JsonFactory.class", "META-INF/jackson/LICENSE",
					"META-INF/jackson/NOTICE");
			assertThat(names).noneMatch((name) -> name.startsWith("com/") || name.endsWith("module-info.class"));
			assertThat(names).noneMatch((name) -> name.startsWith("META-INF/versions/"));
			assertThat(names).noneMatch((name) -> name.startsWith("META-INF/services/com.fasterxml"));
		}
		assertThat(ContextJson.class.getDeclaredField("MAPPER").getType().getName())
			.isEqualTo("io.bemi.internal.jackson.databind.json.JsonMapper");
	}

	@Test
	void treesOfJackson2AreTheJsonThatTheyAre() throws Exception {
		com.fasterxml.jackson.databind.JsonNode tree = com.fasterxml.jackson.databind.json.JsonMapper.builder()
			.enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(com.fasterxml.jackson.databind.cfg.JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
			.build()
			.readTree(TREE);
		assertThat(write(tree)).isEqualTo("{\"value\":" + WRITTEN + "}");
		assertThat(write(List.of(Map.of("a", tree.path("list")), new Holder(tree.path("price")))))
			.isEqualTo("{\"value\":[{\"a\":[1,null,true]},{\"content\":1.50}]}");
		JsonNodeFactory nodes = JsonNodeFactory.instance;
		assertThat(write(Arrays.asList(nodes.textNode("a\"\n"), nodes.nullNode(), MissingNode.getInstance(),
				nodes.binaryNode(new byte[] { 1 }), nodes.numberNode(Double.NaN), nodes.pojoNode(1))))
			.isEqualTo("{\"value\":[\"a\\\"\\n\",null,null,\"AQ==\",\"NaN\",1]}");
	}

	@Test
	void treesOfJackson3AreTheJsonThatTheyAre() {
		tools.jackson.databind.JsonNode tree = tools.jackson.databind.json.JsonMapper.builder()
			.enable(tools.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.build()
			.readTree(TREE);
		assertThat(write(tree)).isEqualTo("{\"value\":" + WRITTEN + "}");
		assertThat(write(List.of(Map.of("a", tree.path("list")), new Holder(tree.path("price")))))
			.isEqualTo("{\"value\":[{\"a\":[1,null,true]},{\"content\":1.50}]}");
		tools.jackson.databind.node.JsonNodeFactory nodes = tools.jackson.databind.node.JsonNodeFactory.instance;
		assertThat(write(Arrays.asList(nodes.stringNode("a\"\n"), nodes.nullNode(),
				tools.jackson.databind.node.MissingNode.getInstance(), nodes.binaryNode(new byte[] { 1 }),
				nodes.numberNode(Double.NaN), nodes.pojoNode(1))))
			.isEqualTo("{\"value\":[\"a\\\"\\n\",null,null,\"AQ==\",\"NaN\",1]}");
	}

	@Test
	void numbersOfTreesKeepEveryDigit() {
		String digits = "1" + "0".repeat(2000);
		assertThat(write(JsonNodeFactory.instance.numberNode(new BigDecimal(digits))))
			.isEqualTo("{\"value\":" + digits + "}");
	}

	@Test
	void treesAreLookedForAsTheyAreRecorded() {
		assertThat(ContextValues.toJson(Map.of("value", JsonNodeFactory.instance.objectNode().put("token", 1))))
			.isEqualTo("{\"value\":{\"token\":1}}");
		assertThat(ContextValues.toJson(Map.of("value", Duration.ofMinutes(5)))).isEqualTo(write(Duration.ofMinutes(5)))
			.isEqualTo("{\"value\":\"PT5M\"}");
		assertThatIllegalArgumentException().isThrownBy(() -> ContextValues.toJson(Map.of("value", new Object())))
			.withMessageStartingWith("'values' must be something that JSON can hold: ");
	}

	@Test
	void annotationsOfJacksonCount() {
		assertThat(write(
				new Annotated("shown", "hidden", Instant.EPOCH, Optional.of(Level.HIGH), "{\"a\":1}", new Code(7))))
			.isEqualTo("{\"value\":{\"the_name\":\"shown\",\"day\":\"1970-01-01\",\"level\":\"high\","
					+ "\"raw\":{\"a\":1},\"code\":7}}");
	}

	@Test
	void annotationsOfDatabindDoNotCount() {
		assertThat(write(new Serialized("a"))).isEqualTo("{\"value\":{\"name\":\"a\"}}");
	}

	@Test
	void whatOnlyTheApplicationsJacksonCanWriteIsNamedAsMissing() {
		assertThat(write(new RawValue("{\"token\": 1}"))).startsWith("{\"_bemi\":{\"error\":")
			.contains("The value of 'value' has no JSON form");
	}

	private static String write(Object value) {
		String[] written = new String[1];
		BemiContext.run(Map.of("value", value),
				() -> written[0] = new ContextWriter().write(ContextSnapshot.current()));
		return written[0];
	}

	record Holder(Object content) {
	}

	record Annotated(@JsonProperty("the_name") String name, @JsonIgnore String hidden,
			@JsonFormat(pattern = "yyyy-MM-dd", timezone = "UTC") Instant day, Optional<Level> level,
			@JsonRawValue String raw, Code code) {
	}

	record Code(@JsonValue int number) {
	}

	enum Level {

		@JsonProperty("high")
		HIGH

	}

	@JsonSerialize(using = Upper.class)
	record Serialized(String name) {
	}

	static final class Upper extends StdSerializer<Serialized> {

		Upper() {
			super(Serialized.class);
		}

		@Override
		public void serialize(Serialized value, JsonGenerator generator, SerializerProvider provider)
				throws IOException {
			generator.writeString("SERIALIZED");
		}

	}

}
