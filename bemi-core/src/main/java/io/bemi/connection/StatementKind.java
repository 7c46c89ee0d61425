package io.bemi.connection;

import java.util.Locale;
import java.util.Set;

/**
 * What the first word of an SQL text says about it; nothing else is parsed.
 */
enum StatementKind {

	/** May write, and can run in a transaction. */
	WRITE,

	/** May write, and may also commit by itself. */
	PROCEDURE,

	/** Ends the transaction and keeps its changes. */
	COMMIT,

	/** Marks a point to return to. */
	SAVEPOINT,

	/** Takes changes back. */
	ROLLBACK,

	/** Anything else. */
	OTHER;

	private static final Set<String> WRITES = Set.of("insert", "update", "delete", "merge", "with", "truncate", "copy");

	private static final Set<String> PROCEDURES = Set.of("call", "do", "execute");

	private static final Set<String> COMMITS = Set.of("commit", "end", "prepare");

	private static final Set<String> ROLLBACKS = Set.of("rollback", "abort");

	static StatementKind of(String sql) {
		String word = firstWord(sql);
		if (WRITES.contains(word)) {
			return WRITE;
		}
		if (PROCEDURES.contains(word)) {
			return PROCEDURE;
		}
		if (COMMITS.contains(word)) {
			return COMMIT;
		}
		if (ROLLBACKS.contains(word)) {
			return ROLLBACK;
		}
		return "savepoint".equals(word) ? SAVEPOINT : OTHER;
	}

	boolean isWrite() {
		return this == WRITE || this == PROCEDURE;
	}

	private static String firstWord(String sql) {
		int start = skipNoise(sql);
		int end = start;
		while (end < sql.length() && Character.isJavaIdentifierPart(sql.charAt(end))) {
			end++;
		}
		return sql.substring(start, end).toLowerCase(Locale.ROOT);
	}

	private static int skipNoise(String sql) {
		int i = 0;
		while (i < sql.length()) {
			char c = sql.charAt(i);
			if (Character.isWhitespace(c) || c == '(' || c == ';') {
				i++;
			}
			else if (sql.startsWith("--", i)) {
				i = lineEnd(sql, i);
			}
			else if (sql.startsWith("/*", i)) {
				i = commentEnd(sql, i);
			}
			else {
				break;
			}
		}
		return i;
	}

	private static int lineEnd(String sql, int from) {
		int i = from;
		while (i < sql.length() && sql.charAt(i) != '\n' && sql.charAt(i) != '\r') {
			i++;
		}
		return i;
	}

	// Comments nest in PostgreSQL.
	private static int commentEnd(String sql, int from) {
		int depth = 0;
		int i = from;
		while (i < sql.length()) {
			if (sql.startsWith("/*", i)) {
				depth++;
				i += 2;
			}
			else if (sql.startsWith("*/", i)) {
				depth--;
				i += 2;
				if (depth == 0) {
					return i;
				}
			}
			else {
				i++;
			}
		}
		return i;
	}

}
