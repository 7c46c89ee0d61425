package io.bemi.connection;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * The WAL of many conversations, with marks between them, so that it is decoded only
 * once.
 */
final class MarkedWal {

	private static final String CONTEXT = "_bemi {\"user\":\"alice\"}";

	private final WalMessages wal;

	MarkedWal(TestDatabase database) {
		this.wal = new WalMessages(database);
	}

	void begin(Statement statement, String name, boolean proxied) throws SQLException {
		mark(statement, proxied ? name : "");
	}

	void end(Statement statement) throws SQLException {
		mark(statement, "");
	}

	private static void mark(Statement statement, String name) throws SQLException {
		statement.execute("SELECT pg_logical_emit_message(false, 'mark', '" + name.replace("'", "''") + "')");
	}

	/**
	 * The rows, by conversation, of proxied transactions that say nothing about their
	 * context: table and key.
	 */
	Map<String, List<String>> uncovered() {
		Map<String, List<String>> uncovered = new LinkedHashMap<>();
		String name = "";
		List<String> rows = new ArrayList<>();
		boolean covered = false;
		for (String line : this.wal.lines()) {
			String marked = marked(line);
			if (marked != null) {
				name = marked;
			}
			else if (line.startsWith("BEGIN")) {
				rows = new ArrayList<>();
				covered = false;
			}
			else if (line.equals(CONTEXT) || line.startsWith("message: transactional: 1 prefix: elsewhere,")
					|| line.startsWith("elsewhere ")) {
				covered = true;
			}
			else if (line.startsWith("table ")) {
				rows.add(line.replaceFirst("^table public\\.(\\w+): \\w+: id\\[integer\\]:(\\d+).*", "$1: $2"));
			}
			else if (line.startsWith("COMMIT") && !covered && !name.isEmpty() && !rows.isEmpty()) {
				uncovered.computeIfAbsent(name, (key) -> new ArrayList<>()).addAll(rows);
			}
		}
		return uncovered;
	}

	private static @Nullable String marked(String line) {
		String mark = "message: transactional: 0 prefix: mark, sz: ";
		return line.startsWith(mark) ? line.substring(line.indexOf("content:") + "content:".length()) : null;
	}

}
