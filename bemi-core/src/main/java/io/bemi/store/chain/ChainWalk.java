package io.bemi.store.chain;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import io.bemi.change.Position;
import io.bemi.store.chain.ChainBreak.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One walk along the chain of a source, from its first link to the last, or to the first
 * thing that is wrong.
 */
final class ChainWalk {

	private static final String LINKS = """
			SELECT number, kind, position, transaction_id, changes, changes_digest, contexts, contexts_digest, notes, notes_digest, digest,
			       sha256(convert_to(ROW('link', source, number, kind, committed_at, position, transaction_id, written_at, changes,
			                             changes_digest, contexts, contexts_digest, notes, notes_digest)::text, 'UTF8'))
			  FROM link WHERE source = ? ORDER BY number
			""";

	private static final String CHANGES = """
			SELECT link, sha256(salt || convert_to(ROW('change', committed_at, source, position, ordinal, relation, transaction_id, context,
			                    operation, primary_key, previous_key, image, replaced, unknown)::text, 'UTF8'))
			  FROM change WHERE source = ? AND link IS NOT NULL ORDER BY link
			""";

	private static final String CONTEXTS = """
			SELECT link, sha256(salt || convert_to(ROW('context', committed_at, source, position, number, transaction_id, metadata)::text, 'UTF8'))
			  FROM context WHERE source = ? AND link IS NOT NULL ORDER BY link
			""";

	private static final String ERASED = "SELECT link, digest FROM erased WHERE source = ? AND kind = '%s' ORDER BY link";

	private static final String NOTES = """
			WITH s AS (SELECT ?::integer AS id)
			SELECT link, digest FROM (
			       SELECT l.number, sha256(convert_to(ROW('source', o.id, concat_ws(' ', o.name, o.slot, o.part), o.database,
			                                                    o.system_identifier, o.started_at)::text, 'UTF8'))
			         FROM s, source o, link l WHERE o.id = s.id AND l.source = s.id AND l.kind = 'B'
			        UNION ALL
			       SELECT r.link, sha256(convert_to(ROW('relation', r.id, r.source, r.oid, r.schema, r.name, r.replica_identity, r.columns,
			                                            r.since)::text, 'UTF8'))
			         FROM s, relation r WHERE r.source = s.id AND r.link IS NOT NULL
			        UNION ALL
			       SELECT g.link, sha256(convert_to(ROW('gap', g.id, g.source, g.from_position, g.from_time, g.reason, g.noticed_at)::text, 'UTF8'))
			         FROM s, gap g WHERE g.source = s.id AND g.link IS NOT NULL
			        UNION ALL
			       SELECT q.link, sha256(q.salt || convert_to(ROW('quarantine', q.id, q.source, q.committed_at, q.position, q.ordinal, q.relation,
			                                                      q.content, q.error, q.noticed_at)::text, 'UTF8'))
			         FROM s, quarantine q WHERE q.source = s.id AND q.link IS NOT NULL
			        UNION ALL
			       SELECT e.link, e.digest FROM s, erased e WHERE e.source = s.id AND e.kind = 'Q'
			        UNION ALL
			       SELECT e.link, sha256(convert_to(ROW('erasure', e.id, e.source, e.erased_at, e.erased_by, e.schema, e.name, e.columns, e.path,
			                                            e.with_key, e.replaced, e.reason, e.changes, e.contexts, e.quarantined)::text, 'UTF8'))
			         FROM s, erasure e WHERE e.source = s.id AND e.link IS NOT NULL
			        UNION ALL
			       SELECT d.link, sha256(convert_to(ROW('dropped_link', d.source, d.first, d.last, d.digest, d.dropped_at)::text, 'UTF8'))
			         FROM s, dropped_link d WHERE d.source = s.id AND d.link IS NOT NULL
			        UNION ALL
			       SELECT e.by_link, sha256(convert_to(ROW('erased', e.committed_at, e.source, e.link, e.kind, e.digest, e.by_link)::text, 'UTF8'))
			         FROM s, erased e WHERE e.source = s.id) n(link, digest)
			 ORDER BY link
			""";

	private static final String DROPPED = "SELECT last, digest FROM dropped_link WHERE source = ? AND first = ?";

	private static final String HEAD = "SELECT link, digest FROM source WHERE id = ?";

	/** Where a link is, or rows are that say they are covered by it. */
	private static final String PLACE = """
			SELECT position, transaction_id FROM link WHERE source = ? AND number = ?
			 UNION ALL SELECT position, transaction_id FROM change WHERE source = ? AND link = ?
			 UNION ALL SELECT position, transaction_id FROM context WHERE source = ? AND link = ? LIMIT 1
			""";

	private final Connection connection;

	private final int source;

	private final @Nullable ChainAnchor anchor;

	private final MessageDigest sha256;

	private final Coverage coverage = new Coverage();

	private byte[] digest = {};

	private long number;

	private long links;

	private long changes;

	private long contexts;

	private long erased;

	private long removed;

	private long uncovered;

	private boolean isAnchored;

	private boolean anchorDropped;

	ChainWalk(Connection connection, int source, @Nullable ChainAnchor anchor) {
		this.connection = connection;
		this.source = source;
		this.anchor = anchor;
		try {
			this.sha256 = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	ChainReport walk() throws SQLException {
		ChainBreak broken = follow();
		if (broken == null) {
			broken = uncovered();
		}
		return new ChainReport(this.source, this.links, this.changes, this.contexts, this.erased, this.removed,
				this.uncovered, broken);
	}

	private @Nullable ChainBreak follow() throws SQLException {
		try (Statement settings = this.connection.createStatement()) {
			// In the order of the index, so that the server sorts nothing.
			settings.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off");
		}
		try (PreparedStatement statement = this.connection.prepareStatement(LINKS);
				DigestStream changes = new DigestStream(this.connection, CHANGES, this.source);
				DigestStream erasedChanges = new DigestStream(this.connection, ERASED.formatted("C"), this.source);
				DigestStream removed = new DigestStream(this.connection, ERASED.formatted("R"), this.source);
				DigestStream contexts = new DigestStream(this.connection, CONTEXTS, this.source);
				DigestStream erasedContexts = new DigestStream(this.connection, ERASED.formatted("X"), this.source);
				DigestStream notes = new DigestStream(this.connection, NOTES, this.source)) {
			statement.setFetchSize(1_000);
			statement.setInt(1, this.source);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					StoredLink link = StoredLink.of(row);
					ChainBreak broken = reach(link.number());
					if (broken != null) {
						return broken;
					}
					broken = stray(link.number(), List.of(changes, erasedChanges, removed),
							List.of(contexts, erasedContexts), notes);
					if (broken != null) {
						return broken;
					}
					List<byte @Nullable []> covered = changes.take(link.number(), link.changes());
					List<byte @Nullable []> before = erasedChanges.take(link.number(), link.changes());
					this.erased += before.size();
					covered.addAll(before);
					List<byte @Nullable []> gone = removed.take(link.number(), link.changes());
					this.removed += gone.size();
					covered.addAll(gone);
					List<byte @Nullable []> told = contexts.take(link.number(), link.contexts());
					List<byte @Nullable []> toldBefore = erasedContexts.take(link.number(), link.contexts());
					this.erased += toldBefore.size();
					told.addAll(toldBefore);
					broken = check(link, covered, told, notes.take(link.number(), link.notes()));
					if (broken != null) {
						return broken;
					}
					this.coverage.observe(link);
				}
			}
			ChainBreak broken = end();
			return (broken != null) ? broken : stray(Long.MAX_VALUE, List.of(changes, erasedChanges, removed),
					List.of(contexts, erasedContexts), notes);
		}
	}

	/**
	 * Rows that say they are covered by a link that is not there: rows go with their
	 * link.
	 * @param next the next link that is there
	 */
	private @Nullable ChainBreak stray(long next, List<DigestStream> changes, List<DigestStream> contexts,
			DigestStream notes) throws SQLException {
		for (DigestStream rows : changes) {
			if (rows.link() < next) {
				return broken(Kind.CHANGE_ADDED, rows.link());
			}
		}
		for (DigestStream rows : contexts) {
			if (rows.link() < next) {
				return broken(Kind.CONTEXT_ADDED, rows.link());
			}
		}
		return (notes.link() < next) ? broken(Kind.NOTE_CHANGED, notes.link()) : null;
	}

	/**
	 * Goes to the link before one, past those that went with their month.
	 */
	private @Nullable ChainBreak reach(long next) throws SQLException {
		while (next > this.number + 1) {
			if (!passDropped()) {
				return broken(Kind.LINK_MISSING, this.number + 1);
			}
		}
		return (next <= this.number) ? broken(Kind.LINK_ADDED, next) : null;
	}

	private boolean passDropped() throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(DROPPED)) {
			statement.setInt(1, this.source);
			statement.setLong(2, this.number + 1);
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return false;
				}
				passAnchor(row.getLong(1), row.getBytes(2));
				this.number = row.getLong(1);
				this.digest = row.getBytes(2);
				return true;
			}
		}
	}

	/**
	 * Looks for the anchor among links that went with their month, of which only the last
	 * one's digest is known.
	 */
	private void passAnchor(long last, byte[] digest) {
		if (this.anchor == null || this.anchor.link() <= this.number || this.anchor.link() > last) {
			return;
		}
		this.isAnchored = this.anchor.link() == last && this.anchor.digest().equals(HexFormat.of().formatHex(digest));
		this.anchorDropped = this.anchor.link() < last;
	}

	private @Nullable ChainBreak check(StoredLink link, List<byte @Nullable []> changes,
			List<byte @Nullable []> contexts, List<byte @Nullable []> notes) {
		Kind kind = null;
		this.sha256.update(this.digest);
		if (!Arrays.equals(this.sha256.digest(link.header()), link.digest())) {
			kind = Kind.LINK_CHANGED;
		}
		else if (changes.size() != link.changes()) {
			kind = (changes.size() < link.changes()) ? Kind.CHANGE_MISSING : Kind.CHANGE_ADDED;
		}
		else if (!isDigest(changes, link.changesDigest())) {
			kind = Kind.CHANGE_CHANGED;
		}
		else if (contexts.size() != link.contexts()) {
			kind = (contexts.size() < link.contexts()) ? Kind.CONTEXT_MISSING : Kind.CONTEXT_ADDED;
		}
		else if (!isDigest(contexts, link.contextsDigest())) {
			kind = Kind.CONTEXT_CHANGED;
		}
		else if (notes.size() != link.notes() || !isDigest(notes, link.notesDigest())) {
			kind = Kind.NOTE_CHANGED;
		}
		else if (this.anchor != null && this.anchor.link() == link.number()) {
			this.isAnchored = this.anchor.digest().equals(HexFormat.of().formatHex(link.digest()));
			kind = this.isAnchored ? null : Kind.ANCHOR_MISSED;
		}
		if (kind != null) {
			return new ChainBreak(kind, link.number(), link.position(), link.transactionId());
		}
		this.number = link.number();
		this.digest = link.digest();
		this.links++;
		this.changes += changes.size();
		this.contexts += contexts.size();
		return null;
	}

	private boolean isDigest(List<byte @Nullable []> digests, byte @Nullable [] expected) {
		if (digests.isEmpty()) {
			return expected == null;
		}
		List<byte[]> sorted = new ArrayList<>();
		for (byte[] digest : digests) {
			if (digest == null) {
				return false;
			}
			sorted.add(digest);
		}
		sorted.sort(Arrays::compareUnsigned);
		sorted.forEach(this.sha256::update);
		return Arrays.equals(this.sha256.digest(), expected);
	}

	private @Nullable ChainBreak end() throws SQLException {
		while (passDropped()) {
			// What was stored last may have gone, too.
		}
		try (PreparedStatement statement = this.connection.prepareStatement(HEAD)) {
			statement.setInt(1, this.source);
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next() || row.getLong(1) < this.number) {
					return broken(Kind.LINK_ADDED, this.number);
				}
				if (row.getLong(1) > this.number) {
					return broken(Kind.LINK_MISSING, this.number + 1);
				}
				if (!Arrays.equals(row.getBytes(2), this.digest)) {
					return broken(Kind.LINK_CHANGED, this.number);
				}
			}
		}
		Kind kind = this.anchorDropped ? Kind.ANCHOR_DROPPED : Kind.ANCHOR_MISSED;
		return (this.anchor != null && !this.isAnchored) ? broken(kind, this.anchor.link()) : null;
	}

	private ChainBreak broken(Kind kind, long link) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(PLACE)) {
			for (int parameter = 1; parameter <= 6; parameter += 2) {
				statement.setInt(parameter, this.source);
				statement.setLong(parameter + 1, link);
			}
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? new ChainBreak(kind, link, Position.parse(row.getString(1)), row.getLong(2))
						: new ChainBreak(kind, link, null, 0);
			}
		}
	}

	private @Nullable ChainBreak uncovered() throws SQLException {
		try (Statement settings = this.connection.createStatement()) {
			settings.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on");
		}
		this.uncovered += this.coverage.count(this.connection, this.source);
		return this.coverage.firstAdded(this.connection, this.source);
	}

}
