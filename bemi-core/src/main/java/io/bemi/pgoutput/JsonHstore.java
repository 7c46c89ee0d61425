package io.bemi.pgoutput;

/**
 * Reads the text of an hstore, {@code "a"=>"1", "b"=>NULL}; each value is a string.
 */
final class JsonHstore implements JsonValue {

	@Override
	public void append(StringBuilder out, String text) {
		TextCursor in = new TextCursor(text, "hstore");
		out.append('{');
		for (int i = 0; !in.atEnd(); i++) {
			if (i > 0) {
				in.expect(", ");
				out.append(", ");
			}
			JsonText.append(out, in.quoted());
			in.expect("=>");
			out.append(": ");
			if (in.peek() == '"') {
				JsonText.append(out, in.quoted());
			}
			else {
				in.expect("NULL");
				out.append("null");
			}
		}
		out.append('}');
	}

}
