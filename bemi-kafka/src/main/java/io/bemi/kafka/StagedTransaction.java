package io.bemi.kafka;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.change.Position;
import io.bemi.ingestion.TransactionFeed;
import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.Event.Kind;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Truncate;
import io.bemi.pgoutput.PgOutputMessage.Update;
import org.jspecify.annotations.Nullable;

/**
 * Gives transactions to the feed as the stream would have had them, change by change.
 */
final class StagedTransaction {

	private final TransactionFeed feed;

	private final Tables tables;

	private final Runnable altered;

	/** By object id the tables as they were described last. */
	private final Map<Integer, StagedTable> described = new HashMap<>();

	private @Nullable End running;

	private @Nullable Instant committedAt;

	/** The first half of an update of a key. */
	private @Nullable Change half;

	private final SentAgain again = new SentAgain();

	/**
	 * Creates one without a transaction.
	 * @param altered is told that a table may be another one than before
	 */
	StagedTransaction(TransactionFeed feed, Tables tables, Runnable altered) {
		this.feed = feed;
		this.tables = tables;
		this.altered = altered;
	}

	/**
	 * Takes the next change.
	 * @param end the end of its transaction; that of another one than before ends the one
	 * before
	 */
	void accept(End end, Change change) {
		if (!end.equals(this.running)) {
			finish();
			this.running = end;
			this.again.begin();
			this.committedAt = Instant.EPOCH.plus(change.committedAt(), ChronoUnit.MICROS);
			this.feed.accept(change.position(), new Begin(commit(end), this.committedAt, (int) end.xid()));
		}
		if (this.again.includes(change)) {
			return;
		}
		Change before = this.half;
		this.half = null;
		if (before != null && change.kind() == Kind.KEY_AFTER && change.position().equals(before.position())) {
			updateKey(before, change);
			return;
		}
		if (before != null) {
			delete(before);
		}
		if (change.kind() == Kind.KEY_BEFORE) {
			this.half = change;
			return;
		}
		single(change);
	}

	private void single(Change change) {
		switch (change.kind()) {
			case MESSAGE -> message(change);
			case CREATE, KEY_AFTER -> {
				StagedTable table = table(change);
				give(change, new Insert(table.relation().oid(), table.row(text(change.after()), null)));
			}
			case UPDATE -> update(change);
			case DELETE, KEY_BEFORE -> delete(change);
			case TRUNCATE -> give(change, new Truncate(List.of(table(change).relation().oid()), false, false));
		}
	}

	private void message(Change change) {
		String prefix = text(change.before());
		if (prefix.equals("_bemi_table")) {
			this.altered.run();
		}
		give(change, new LogicalMessage(true, change.position(), prefix,
				ByteBuffer.wrap(HexFormat.of().parseHex(text(change.after()))).asReadOnlyBuffer()));
	}

	private void update(Change change) {
		StagedTable table = table(change);
		String before = change.before();
		boolean full = table.isWhole(before);
		give(change, new Update(table.relation().oid(), (before != null && !full) ? table.key(before) : null,
				full ? table.row(text(before), null) : null, table.row(text(change.after()), full ? before : null)));
	}

	private void updateKey(Change before, Change after) {
		StagedTable table = table(after);
		String old = text(before.before());
		boolean full = table.isWhole(old);
		give(after, new Update(table.relation().oid(), full ? null : table.key(old), full ? table.row(old, null) : null,
				table.row(text(after.after()), full ? old : null)));
	}

	private void delete(Change change) {
		StagedTable table = table(change);
		String before = text(change.before());
		boolean full = table.isWhole(before);
		give(change, new Delete(table.relation().oid(), full ? null : table.key(before),
				full ? table.row(before, null) : null));
	}

	private static String text(@Nullable String text) {
		return Objects.requireNonNull(text, "Expected a row");
	}

	/**
	 * The table of a change, described to the feed where it does not know it as it is.
	 */
	private StagedTable table(Change change) {
		StagedTable table = this.tables.get(Objects.requireNonNull(change.table()));
		if (this.described.put(table.relation().oid(), table) != table) {
			this.feed.accept(change.position(), table.relation());
		}
		return table;
	}

	private void give(Change change, PgOutputMessage message) {
		this.feed.accept(change.position(), message);
	}

	/**
	 * Ends the transaction that is running, if any is.
	 */
	void finish() {
		Change open = this.half;
		this.half = null;
		if (open != null) {
			delete(open);
		}
		End end = this.running;
		this.running = null;
		if (end != null) {
			this.feed.accept(end.position(),
					new Commit(commit(end), end.position(), Objects.requireNonNull(this.committedAt)));
		}
	}

	/**
	 * The connector tells where a commit record ends, not where it starts: its last byte
	 * comes before and behind the same records.
	 */
	static Position commit(End end) {
		return end.position().previous();
	}

	/**
	 * Knows tables by their descriptions, each as one object.
	 */
	@FunctionalInterface
	interface Tables {

		StagedTable get(TableDescription description);

	}

}
