package io.bemi.connection;

import java.util.List;
import java.util.Set;

/**
 * What the first word of an SQL text, or of each statement in it, says about it; nothing
 * else is parsed.
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

	/** Several statements, some of which begin or end transactions. */
	MIXED,

	/** Anything else. */
	OTHER;

	private static final Set<String> WRITES = Set.of("insert", "update", "delete", "merge", "with", "truncate", "copy");

	private static final Set<String> PROCEDURES = Set.of("call", "do", "execute");

	private static final Set<String> COMMITS = Set.of("commit", "end", "prepare");

	private static final Set<String> ROLLBACKS = Set.of("rollback", "abort");

	private static final Set<String> READS = Set.of("select", "values", "table", "show", "fetch");

	private static final Set<String> BOUNDARIES = Set.of("begin", "start", "commit", "end", "prepare", "rollback",
			"abort", "savepoint", "release");

	static StatementKind of(String sql) {
		int semicolon = sql.indexOf(';');
		if (semicolon < 0 || semicolon == sql.length() - 1) {
			return ofWord(SqlText.firstWord(sql));
		}
		List<String> words = SqlText.firstWords(sql);
		return (words.size() > 1) ? ofWords(words) : ofWord(SqlText.firstWord(sql));
	}

	private static StatementKind ofWords(List<String> words) {
		// The body of a function may hold anything.
		if (!"create".equals(words.get(0)) && words.stream().anyMatch(BOUNDARIES::contains)) {
			return MIXED;
		}
		StatementKind first = ofWord(words.get(0));
		if (!first.isWrite() && READS.contains(words.get(0))
				&& words.stream().allMatch((word) -> READS.contains(word) || ofWord(word).isWrite())) {
			return words.stream().map(StatementKind::ofWord).filter(StatementKind::isWrite).findFirst().orElse(OTHER);
		}
		return first;
	}

	private static StatementKind ofWord(String word) {
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

}
