package io.bemi.pgoutput;

import java.util.List;

/**
 * Reads the text of a composite value, {@code (1,"a ""b""",)}; an empty field is null.
 */
final class JsonComposite implements JsonValue {

	private final List<String> names;

	private final List<JsonValue> values;

	JsonComposite(List<String> names, List<JsonValue> values) {
		this.names = names;
		this.values = values;
	}

	@Override
	public void append(StringBuilder out, String text) {
		TextCursor in = new TextCursor(text, "composite with " + this.names.size() + " fields");
		in.expect('(');
		out.append('{');
		for (int i = 0; i < this.names.size(); i++) {
			if (i > 0) {
				in.expect(',');
				out.append(", ");
			}
			JsonText.append(out, this.names.get(i));
			out.append(": ");
			switch (in.peek()) {
				case ',', ')' -> out.append("null");
				case '"' -> this.values.get(i).append(out, in.quoted());
				default -> this.values.get(i).append(out, in.until(',', ')'));
			}
		}
		in.expect(')');
		in.expectEnd();
		out.append('}');
	}

}
