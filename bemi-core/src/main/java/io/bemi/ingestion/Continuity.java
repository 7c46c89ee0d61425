package io.bemi.ingestion;

import java.sql.Connection;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SourceIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a slot goes on where the stored history ends. It does if nothing was
 * confirmed that is not stored, and if the source still has the past that is stored.
 */
final class Continuity {

	private Continuity() {
	}

	/**
	 * Compares the history with its source.
	 * @param known the source as the sink knows it, with a position
	 * @param confirmed up to where the slot does not send any more
	 * @param written how far the source's log goes
	 * @param identity the source as it is now
	 * @return what breaks the history; {@code null} when nothing does
	 */
	static @Nullable BrokenHistoryException check(SinkSource known, Position confirmed, Position written,
			ReplicationSource source, Connection replication, SourceIdentity identity) {
		BrokenHistoryException otherPast = ofTimeline(known, source, replication, identity);
		if (otherPast != null) {
			return otherPast;
		}
		Position end = position(known);
		if (end.isAfter(written)) {
			return new BrokenHistoryException("The database was set back to an earlier state: its log ends at "
					+ written + ", what is recorded at " + end, null);
		}
		if (confirmed.isAfter(end.next())) {
			return new BrokenHistoryException("The slot goes on only from " + confirmed
					+ ": it was dropped and created anew, or read by others, or the store was set back", null);
		}
		return null;
	}

	/**
	 * A server that takes over, or that is restored up to a moment, leaves the timeline
	 * that it was on. What was recorded after that place is not in it any more.
	 */
	static @Nullable BrokenHistoryException ofTimeline(SinkSource known, ReplicationSource source,
			Connection replication, SourceIdentity identity) {
		if (known.timeline() == identity.timeline()) {
			return null;
		}
		Position left = source.leftTimeline(replication, identity, known.timeline());
		if (left == null) {
			return new BrokenHistoryException("The database was restored from another past: its timeline "
					+ identity.timeline() + " does not come from timeline " + known.timeline(), null);
		}
		if (!left.isAfter(position(known))) {
			return new BrokenHistoryException("The database was set back to an earlier state, or a standby took over"
					+ " that had not received everything: timeline " + identity.timeline() + " left timeline "
					+ known.timeline() + " at " + left, left.previous());
		}
		return null;
	}

	private static Position position(SinkSource known) {
		return (known.position() != null) ? known.position() : Position.ZERO;
	}

}
