package io.bemi.pgoutput;

/**
 * Reads the text of an array, {@code [0:1]={1,NULL,"a \"b\""}}, of any dimension. Lower
 * bounds have no place in JSON.
 */
final class JsonArray implements JsonValue {

	/** PostgreSQL's MAXDIM. */
	private static final int MAX_DIMENSIONS = 6;

	private final JsonValue element;

	private final char delimiter;

	JsonArray(JsonValue element, char delimiter) {
		this.element = element;
		this.delimiter = delimiter;
	}

	@Override
	public void append(StringBuilder out, String text) {
		TextCursor in = new TextCursor(text, "array");
		if (in.peek() == '[') {
			in.until('=');
			in.expect('=');
		}
		append(out, in, 1);
		in.expectEnd();
	}

	private void append(StringBuilder out, TextCursor in, int dimension) {
		if (dimension > MAX_DIMENSIONS) {
			throw in.unexpected("at most " + MAX_DIMENSIONS + " dimensions");
		}
		in.expect('{');
		out.append('[');
		for (int i = 0; in.peek() != '}'; i++) {
			if (i > 0) {
				in.expect(this.delimiter);
				out.append(", ");
			}
			appendElement(out, in, dimension);
		}
		in.expect('}');
		out.append(']');
	}

	private void appendElement(StringBuilder out, TextCursor in, int dimension) {
		switch (in.peek()) {
			case '{' -> append(out, in, dimension + 1);
			case '"' -> this.element.append(out, in.quoted());
			default -> {
				String text = in.until(this.delimiter, '}');
				if (text.equals("NULL")) {
					out.append("null");
				}
				else {
					this.element.append(out, text);
				}
			}
		}
	}

	/**
	 * Reads the text of {@code int2vector} and {@code oidvector}: elements and blanks.
	 */
	record Vector(JsonValue element) implements JsonValue {

		@Override
		public void append(StringBuilder out, String text) {
			TextCursor in = new TextCursor(text, "vector");
			out.append('[');
			for (int i = 0; !in.atEnd(); i++) {
				if (i > 0) {
					in.expect(' ');
					out.append(", ");
				}
				this.element.append(out, in.until(' '));
			}
			out.append(']');
		}

	}

}
