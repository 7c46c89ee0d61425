package io.bemi.pgoutput;

import java.util.Map;

/**
 * The forms that a value without structure takes in {@code to_jsonb}.
 */
enum JsonScalar implements JsonValue {

	/** Everything that has no form of its own, dates among it. */
	STRING {
		@Override
		public void append(StringBuilder out, String text) {
			JsonText.append(out, text);
		}

		@Override
		public JsonBytes read(byte[] data, int offset, int length) {
			return JsonBytes.string(data, offset, length);
		}
	},

	BOOLEAN {
		@Override
		public void append(StringBuilder out, String text) {
			switch (text) {
				case "t" -> out.append("true");
				case "f" -> out.append("false");
				// Logged, so without the value.
				default -> throw new PgOutputException(
						"Expected t or f for a boolean, but found " + text.length() + " other characters");
			}
		}
	},

	/** Exact, as the server printed it; NaN and the infinities are strings. */
	NUMBER {
		@Override
		public void append(StringBuilder out, String text) {
			if (Jsonb.acceptsNumber(text)) {
				out.append(text);
			}
			else {
				JsonText.append(out, text);
			}
		}

		@Override
		public JsonBytes read(byte[] data, int offset, int length) {
			return Jsonb.acceptsNumber(data, offset, length) ? JsonBytes.of(data, offset, length)
					: JsonBytes.string(data, offset, length);
		}
	},

	/** {@code 2026-01-31 23:59:59.5 BC} with a T between date and time. */
	TIMESTAMP {
		@Override
		public void append(StringBuilder out, String text) {
			int space = text.indexOf(' ');
			JsonText.append(out, (space < 0) ? text : text.substring(0, space) + 'T' + text.substring(space + 1));
		}
	},

	/** Like a timestamp, with a zone that has minutes: {@code +00:00}. */
	TIMESTAMPTZ {
		@Override
		public void append(StringBuilder out, String text) {
			int space = text.indexOf(' ');
			int zone = Math.max(text.indexOf('+', space + 1), text.indexOf('-', space + 1));
			if (space < 0 || zone < 0 || text.indexOf(':', zone) >= 0) {
				TIMESTAMP.append(out, text);
				return;
			}
			int end = text.indexOf(' ', zone);
			end = (end < 0) ? text.length() : end;
			TIMESTAMP.append(out, text.substring(0, end) + ":00" + text.substring(end));
		}
	},

	/** Valid JSON; what {@code jsonb} would refuse becomes a string that holds it. */
	JSON {
		@Override
		public void append(StringBuilder out, String text) {
			if (Jsonb.accepts(text)) {
				out.append(text);
			}
			else {
				JsonText.append(out, text);
			}
		}

		@Override
		public JsonBytes read(byte[] data, int offset, int length) {
			return Jsonb.accepts(data, offset, length) ? JsonBytes.of(data, offset, length)
					: JsonBytes.string(data, offset, length);
		}
	},

	/**
	 * What the server printed; only its depth, which takes two characters each, matters.
	 */
	JSONB {
		@Override
		public void append(StringBuilder out, String text) {
			if (text.length() <= 2 * Jsonb.MAX_DEPTH) {
				out.append(text);
			}
			else {
				JSON.append(out, text);
			}
		}

		@Override
		public JsonBytes read(byte[] data, int offset, int length) {
			return (length <= 2 * Jsonb.MAX_DEPTH) ? JsonBytes.of(data, offset, length)
					: JSON.read(data, offset, length);
		}
	};

	/**
	 * Adds the built-in types that are more than a string.
	 */
	static void known(Map<Integer, JsonValue> values) {
		values.put(BuiltinTypes.BOOL, BOOLEAN);
		for (int number : new int[] { BuiltinTypes.INT2, BuiltinTypes.INT4, BuiltinTypes.INT8, BuiltinTypes.FLOAT4,
				BuiltinTypes.FLOAT8, BuiltinTypes.NUMERIC }) {
			values.put(number, NUMBER);
		}
		values.put(BuiltinTypes.TIMESTAMP, TIMESTAMP);
		values.put(BuiltinTypes.TIMESTAMPTZ, TIMESTAMPTZ);
		values.put(BuiltinTypes.JSON, JSON);
		values.put(BuiltinTypes.JSONB, JSONB);
		values.put(BuiltinTypes.INT2VECTOR, new JsonArray.Vector(NUMBER));
		values.put(BuiltinTypes.OIDVECTOR, new JsonArray.Vector(STRING));
	}

}
