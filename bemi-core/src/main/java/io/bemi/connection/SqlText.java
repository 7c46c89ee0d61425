package io.bemi.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds the first word of each statement in an SQL text. What stands in comments,
 * literals and quoted names is no word.
 */
final class SqlText {

	private final String sql;

	private int position;

	private SqlText(String sql) {
		this.sql = sql;
	}

	/**
	 * The first word of a text, in lower case.
	 * @return an empty text if there is none
	 */
	static String firstWord(String sql) {
		return new SqlText(sql).word();
	}

	/**
	 * The first words of all statements in a text, in lower case.
	 */
	static List<String> firstWords(String sql) {
		SqlText text = new SqlText(sql);
		List<String> words = new ArrayList<>();
		while (text.position < sql.length()) {
			String word = text.word();
			if (!word.isEmpty()) {
				words.add(word);
			}
			text.skipStatement();
		}
		return words;
	}

	private String word() {
		skipNoise();
		int start = this.position;
		while (this.position < this.sql.length() && Character.isJavaIdentifierPart(this.sql.charAt(this.position))) {
			this.position++;
		}
		return this.sql.substring(start, this.position).toLowerCase(Locale.ROOT);
	}

	private void skipNoise() {
		while (this.position < this.sql.length()) {
			char c = this.sql.charAt(this.position);
			if (Character.isWhitespace(c) || c == '(' || c == ';') {
				this.position++;
			}
			else if (!skipComment()) {
				return;
			}
		}
	}

	private boolean skipComment() {
		if (this.sql.startsWith("--", this.position)) {
			while (this.position < this.sql.length() && this.sql.charAt(this.position) != '\n'
					&& this.sql.charAt(this.position) != '\r') {
				this.position++;
			}
			return true;
		}
		if (!this.sql.startsWith("/*", this.position)) {
			return false;
		}
		// Comments nest in PostgreSQL.
		int depth = 0;
		do {
			if (this.sql.startsWith("/*", this.position)) {
				depth++;
				this.position += 2;
			}
			else if (this.sql.startsWith("*/", this.position)) {
				depth--;
				this.position += 2;
			}
			else {
				this.position++;
			}
		}
		while (depth > 0 && this.position < this.sql.length());
		return true;
	}

	private void skipStatement() {
		char before = ' ';
		while (this.position < this.sql.length()) {
			char c = this.sql.charAt(this.position);
			if (c == ';') {
				return;
			}
			if (c == '\'') {
				skipQuoted(c, before == 'e' || before == 'E');
			}
			else if (c == '"') {
				skipQuoted(c, false);
			}
			else if (c == '$' && !Character.isJavaIdentifierPart(before)) {
				skipDollarQuoted();
			}
			else if (!skipComment()) {
				this.position++;
			}
			before = c;
		}
	}

	private void skipQuoted(char quote, boolean escapes) {
		this.position++;
		while (this.position < this.sql.length() && this.sql.charAt(this.position) != quote) {
			this.position += (escapes && this.sql.charAt(this.position) == '\\') ? 2 : 1;
		}
		// A doubled quote begins another literal, with the same end.
		this.position++;
	}

	private void skipDollarQuoted() {
		int end = this.position + 1;
		while (end < this.sql.length() && this.sql.charAt(end) != '$'
				&& Character.isJavaIdentifierPart(this.sql.charAt(end))) {
			end++;
		}
		if (end >= this.sql.length() || this.sql.charAt(end) != '$') {
			this.position++;
			return;
		}
		String tag = this.sql.substring(this.position, end + 1);
		int close = this.sql.indexOf(tag, end + 1);
		this.position = (close >= 0) ? close + tag.length() : this.sql.length();
	}

}
