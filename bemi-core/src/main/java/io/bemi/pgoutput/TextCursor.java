package io.bemi.pgoutput;

/**
 * Walks through the text of a value that has structure.
 */
final class TextCursor {

	private final String text;

	private final String type;

	private int position;

	TextCursor(String text, String type) {
		this.text = text;
		this.type = type;
	}

	boolean atEnd() {
		return this.position == this.text.length();
	}

	/**
	 * The next character; NUL, which no text of the server holds, at the end.
	 */
	char peek() {
		return atEnd() ? '\0' : this.text.charAt(this.position);
	}

	void expect(char expected) {
		if (peek() != expected || atEnd()) {
			throw unexpected("'" + expected + "'");
		}
		this.position++;
	}

	void expect(String expected) {
		for (int i = 0; i < expected.length(); i++) {
			expect(expected.charAt(i));
		}
	}

	void expectEnd() {
		if (!atEnd()) {
			throw unexpected("the end");
		}
	}

	/**
	 * The text up to a character or the end.
	 */
	String until(char stop) {
		return until(stop, stop);
	}

	/**
	 * The text up to the first of two characters or the end.
	 */
	String until(char stop, char otherStop) {
		int start = this.position;
		while (!atEnd() && peek() != stop && peek() != otherStop) {
			this.position++;
		}
		return this.text.substring(start, this.position);
	}

	/**
	 * The text between quotes. A backslash gives the character after it, and so does a
	 * quote that is followed by another.
	 */
	String quoted() {
		expect('"');
		int start = this.position;
		StringBuilder unescaped = null;
		while (true) {
			char c = peek();
			if (atEnd()) {
				throw unexpected("a closing quote");
			}
			boolean escape = c == '\\' || (c == '"' && this.text.startsWith("\"\"", this.position));
			if (c == '"' && !escape) {
				break;
			}
			if (escape) {
				unescaped = (unescaped != null) ? unescaped : new StringBuilder();
				unescaped.append(this.text, start, this.position);
				this.position++;
				start = this.position;
				if (atEnd()) {
					throw unexpected("a character after the backslash");
				}
			}
			this.position++;
		}
		String rest = this.text.substring(start, this.position);
		this.position++;
		return (unescaped != null) ? unescaped.append(rest).toString() : rest;
	}

	PgOutputException unexpected(String expected) {
		String found = atEnd() ? "the end" : "'" + peek() + "'";
		return new PgOutputException("Expected " + expected + " at offset " + this.position + " of the text of "
				+ this.type + ", but found " + found);
	}

}
