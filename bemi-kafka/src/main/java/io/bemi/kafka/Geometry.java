package io.bemi.kafka;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Geometric values as the connector gives them since Debezium 3.7: points, circles and
 * lines in numbers, others as OGC's well-known binary (OGC 06-103r4, 8.2). Of a polygon
 * it closes the ring, so that one that ends where it began cannot be told from one that
 * does not.
 */
final class Geometry {

	private static final int LINE_STRING = 2;

	private static final int POLYGON = 3;

	/** Of the ring of a box, which begins with the upper right one. */
	private static final int LOWER_LEFT = 2;

	private Geometry() {
	}

	/**
	 * How values of a type are read.
	 * @return the reader; {@code null} when the values cannot be known
	 */
	static @Nullable ValueReader of(String type) {
		return switch (type) {
			case "point" -> (value) -> point(Json.map(value));
			case "line" -> (value) -> line(Json.map(value));
			case "circle" -> (value) -> circle(Json.map(value));
			case "lseg" -> (value) -> "[" + String.join(",", points(Json.map(value), LINE_STRING)) + "]";
			case "path" -> (value) -> path(Json.map(value));
			case "box" -> (value) -> box(points(Json.map(value), POLYGON));
			default -> null;
		};
	}

	private static String point(Map<String, @Nullable Object> value) {
		return "(" + number(value, "x") + "," + number(value, "y") + ")";
	}

	private static String line(Map<String, @Nullable Object> value) {
		return "{" + number(value, "a") + "," + number(value, "b") + "," + number(value, "c") + "}";
	}

	private static String circle(Map<String, @Nullable Object> value) {
		return "<" + point(Json.map(value.get("center"))) + "," + number(value, "radius") + ">";
	}

	private static String path(Map<String, @Nullable Object> value) {
		String points = String.join(",", points(value, LINE_STRING));
		String closed = Json.text(Json.map(value.get("extensions")).get("closed"));
		return Boolean.parseBoolean(closed) ? "(" + points + ")" : "[" + points + "]";
	}

	private static String box(List<String> ring) {
		return ring.get(0) + "," + ring.get(LOWER_LEFT);
	}

	private static String number(Map<String, @Nullable Object> value, String name) {
		return Numbers.float8(Json.text(value.get(name)));
	}

	private static List<String> points(Map<String, @Nullable Object> value, int expected) {
		ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(Json.text(value.get("wkb"))));
		bytes.order((bytes.get() == 1) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
		int type = bytes.getInt();
		if (type != expected || (type == POLYGON && bytes.getInt() != 1)) {
			throw new IllegalArgumentException("Expected another geometry");
		}
		int count = bytes.getInt();
		List<String> points = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			points.add("(" + Numbers.float8(String.valueOf(bytes.getDouble())) + ","
					+ Numbers.float8(String.valueOf(bytes.getDouble())) + ")");
		}
		return points;
	}

}
