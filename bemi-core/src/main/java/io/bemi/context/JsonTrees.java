package io.bemi.context;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Serializes the trees of the application's JSON library, Jackson 2 or 3, as the JSON
 * that they are. Their classes are not ours, because our jar has a Jackson of its own.
 */
final class JsonTrees extends Serializers.Base {

	// Without the first part, which differs, and which the build would change.
	private static final String TREE = ".jackson.databind.JsonNode";

	private final ObjectMapper parser;

	JsonTrees(ObjectMapper parser) {
		this.parser = parser;
	}

	@Override
	public @Nullable JsonSerializer<?> findSerializer(SerializationConfig config, JavaType type,
			BeanDescription description) {
		return isTree(type.getRawClass()) ? new TreeSerializer(this.parser) : null;
	}

	private static boolean isTree(Class<?> type) {
		if (JsonNode.class.isAssignableFrom(type)) {
			return false;
		}
		for (Class<?> candidate = type; candidate != null; candidate = candidate.getSuperclass()) {
			if (candidate.getName().endsWith(TREE)) {
				return true;
			}
		}
		return false;
	}

	private static final class TreeSerializer extends StdSerializer<Object> {

		private final transient ObjectMapper parser;

		TreeSerializer(ObjectMapper parser) {
			super(Object.class);
			this.parser = parser;
		}

		@Override
		public void serialize(Object tree, JsonGenerator generator, SerializerProvider provider) throws IOException {
			// Empty for a node that is missing.
			String text = tree.toString();
			provider.defaultSerializeValue(text.isEmpty() ? null : this.parser.readTree(text), generator);
		}

	}

}
