package io.bemi.store;

import java.security.SecureRandom;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.ingestion.SourceTransaction;

/**
 * The links that one write adds to the chain of its source: their numbers are given to
 * rows as these are copied, and their digests are worked out by the server before the
 * commit. A link covers a transaction, or a part of one that fits into memory.
 */
final class Links {

	private static final int MOST_ROWS = 5_000;

	/** In one statement, which must not take longer than an answer may. */
	private static final int MOST_ROWS_AT_ONCE = 100_000;

	private static final int SALT_BYTES = 16;

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final String SWITCH = "SELECT switch_chain(?, ?, ?::pg_lsn)";

	private static final String SEAL = "SELECT seal(?, ?::timestamptz[], ?::pg_lsn[], ?::bigint[], ?)";

	private static final String SEAL_NOTES = "SELECT seal(id, '{}', '{}', '{}', true) FROM source WHERE id = ? AND sealed";

	private final Connection connection;

	private final int source;

	private final boolean made;

	private final List<Link> links = new ArrayList<>();

	private final Map<SourceTransaction, Link> newest = new HashMap<>();

	private final byte[] salts = new byte[256 * SALT_BYTES];

	private int nextSalt = this.salts.length;

	private long number;

	private Links(Connection connection, int source, boolean made, long last) {
		this.connection = connection;
		this.source = source;
		this.made = made;
		this.number = last;
	}

	/**
	 * Goes on with a chain, or without one.
	 * @param last the number of the last link
	 * @param sealed whether links were made last
	 * @param connection a connection in a transaction that has the source to itself
	 * @param source the source, as it was before the write
	 * @param wanted whether links are to be made
	 */
	static Links after(long last, boolean sealed, Connection connection, SinkSource source, boolean wanted)
			throws SQLException {
		long number = last;
		if (sealed != wanted) {
			try (PreparedStatement statement = connection.prepareStatement(SWITCH)) {
				statement.setInt(1, source.id());
				statement.setBoolean(2, wanted);
				statement.setString(3, (source.position() != null) ? source.position().toString() : null);
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					number = row.getLong(1);
				}
			}
		}
		return new Links(connection, source.id(), wanted, number);
	}

	/**
	 * Covers what was noted of a source to which nothing more is written.
	 */
	static void sealNotes(Connection connection, SinkSource source) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(SEAL_NOTES)) {
			statement.setInt(1, source.id());
			statement.execute();
		}
	}

	/**
	 * The columns that rows have in addition, with a comma before each.
	 */
	String columns() {
		return this.made ? ", link, salt" : "";
	}

	/**
	 * How many columns that are.
	 */
	int columnCount() {
		return this.made ? 2 : 0;
	}

	/**
	 * Writes those columns of a row.
	 * @param transaction the transaction that the row belongs to
	 */
	void cover(SourceTransaction transaction, CopyText text) throws SQLException {
		if (this.made) {
			int salt = nextSalt();
			text.add(link(transaction).number)
				.add("\\x" + HexFormat.of().formatHex(this.salts, salt, salt + SALT_BYTES));
		}
	}

	/**
	 * Writes those columns of a row.
	 * @param transaction the transaction that the row belongs to
	 */
	void cover(SourceTransaction transaction, CopyBinary row) throws SQLException {
		if (this.made) {
			row.add(link(transaction).number).add(this.salts, nextSalt(), SALT_BYTES);
		}
	}

	private Link link(SourceTransaction transaction) {
		Link last = this.links.isEmpty() ? null : this.links.get(this.links.size() - 1);
		Link link = (last != null && last.transaction == transaction) ? last : this.newest.get(transaction);
		if (link == null || link.rows == MOST_ROWS) {
			link = new Link(transaction, ++this.number);
			this.links.add(link);
			this.newest.put(transaction, link);
		}
		link.rows++;
		return link;
	}

	private int nextSalt() {
		if (this.nextSalt == this.salts.length) {
			RANDOM.nextBytes(this.salts);
			this.nextSalt = 0;
		}
		int salt = this.nextSalt;
		this.nextSalt += SALT_BYTES;
		return salt;
	}

	/**
	 * Makes the links. Nothing may be written afterwards but the commit.
	 */
	void seal() throws SQLException {
		if (!this.made) {
			return;
		}
		int from = 0;
		do {
			int to = from;
			for (int rows = 0; to < this.links.size() && rows < MOST_ROWS_AT_ONCE; to++) {
				rows += this.links.get(to).rows;
			}
			seal(this.links.subList(from, to), to == this.links.size());
			from = to;
		}
		while (from < this.links.size());
	}

	private void seal(List<Link> some, boolean complete) throws SQLException {
		List<SourceTransaction> transactions = some.stream().map((link) -> link.transaction).toList();
		try (PreparedStatement statement = this.connection.prepareStatement(SEAL)) {
			statement.setInt(1, this.source);
			statement.setArray(2, array(transactions.stream().map((one) -> one.committedAt().toString()).toList()));
			statement.setArray(3, array(transactions.stream().map((one) -> one.position().toString()).toList()));
			statement.setArray(4,
					array(transactions.stream().map((one) -> Long.toString(one.transactionId())).toList()));
			statement.setBoolean(5, complete);
			statement.execute();
		}
	}

	private Array array(List<String> values) throws SQLException {
		return this.connection.createArrayOf("text", values.toArray());
	}

	/**
	 * A link that is being filled.
	 */
	private static final class Link {

		private final SourceTransaction transaction;

		private final long number;

		private int rows;

		Link(SourceTransaction transaction, long number) {
			this.transaction = transaction;
			this.number = number;
		}

	}

}
