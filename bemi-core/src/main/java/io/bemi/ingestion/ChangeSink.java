package io.bemi.ingestion;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import io.bemi.change.Position;
import io.bemi.replication.SourceIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Where ingestion puts what it has read. The sink remembers how far it got, in the same
 * transaction as the changes: that makes each change stored exactly once, whatever stops
 * in between. Used by one thread.
 */
public interface ChangeSink extends AutoCloseable {

	/**
	 * Connects, creates what is missing, and looks the source up.
	 * @param identity the source; a new one is registered without a position
	 * @return where the stored history of the source ends
	 * @throws SinkException when the sink cannot be used; the message says what to do
	 */
	SinkSource open(SourceIdentity identity);

	/**
	 * Ends the history of a source that cannot be continued, with a gap, and starts a new
	 * one without a position. The gap ends where that one begins.
	 * @param source the source, its position the one up to which its history holds
	 * @param identity the source as it is now
	 * @param reason what happened, for people
	 * @return the new source
	 * @throws SinkException when the sink cannot be used
	 */
	SinkSource supersede(SinkSource source, SourceIdentity identity, String reason);

	/**
	 * Whether the source that was opened is not to be continued, because its tables were
	 * read through other slots meanwhile: what its slot would send is recorded.
	 */
	default boolean isRetired() {
		return false;
	}

	/**
	 * Whether a transaction is stored that the source sends again.
	 * @param source the source
	 * @param transaction the transaction, which has changed something
	 * @return whether the sink has that very transaction
	 * @throws SinkException when the sink cannot be used
	 */
	default boolean holds(SinkSource source, SourceTransaction transaction) {
		return true;
	}

	/**
	 * Whether the position of a source is that of a transaction that is stored, and not
	 * one behind it.
	 * @param source the source
	 * @return whether there is such a transaction
	 * @throws SinkException when the sink cannot be used
	 */
	default boolean endsWithTransaction(SinkSource source) {
		return false;
	}

	/**
	 * What messages about changed tables have told before the source's position. The
	 * source's own catalogue may be further.
	 * @param source the source
	 * @return the primary keys of tables by object id, as far as they are known
	 * @throws SinkException when the sink cannot be used
	 */
	default Map<Integer, PrimaryKey> primaryKeys(SinkSource source) {
		return Map.of();
	}

	/**
	 * Begins to write. Nothing is visible before the write is committed.
	 * @param source the source, its position the expected one
	 * @param next the position of the last commit that the write will hold
	 * @return the write, to be closed
	 * @throws FencedException when the stored position is not the expected one
	 * @throws SinkException when the sink cannot be used
	 */
	SinkWrite begin(SinkSource source, Position next);

	/**
	 * Counts what could not be recorded as it is. May be called by any thread.
	 * @return the rows in quarantine, as far as they are known
	 */
	default Quarantine quarantine() {
		return Quarantine.UNKNOWN;
	}

	/**
	 * Where the history was last interrupted. May be called by any thread.
	 * @return the newest gap; {@code null} when there is none, or it is not known
	 */
	default @Nullable Gap lastGap() {
		return null;
	}

	/**
	 * Counts where the history is interrupted. May be called by any thread.
	 * @return the number of gaps; empty when it is not known
	 */
	default OptionalLong gaps() {
		return OptionalLong.empty();
	}

	/**
	 * Looks up the tables whose rows are to be copied.
	 * @param source the source
	 * @return the tables that are not complete, in the order in which that was noted
	 * @throws SinkException when the sink cannot be used
	 */
	List<PendingBaseline> baselines(SinkSource source);

	/**
	 * Lets go of the connection; {@link #open} may be called again.
	 */
	@Override
	void close();

	/**
	 * A source as the sink knows it.
	 *
	 * @param id the sink's own number for it
	 * @param position up to where its history is stored: the last commit, or further when
	 * nothing was to be stored after it; {@code null} when nothing was stored yet
	 * @param timeline the cluster's timeline that the position is on
	 * @param part the number of the group of tables that is read; {@code null} for all
	 */
	record SinkSource(int id, @Nullable Position position, int timeline, @Nullable Integer part) {

		/**
		 * A source all tables of which are read through one slot.
		 * @param id the sink's own number for it
		 * @param position up to where its history is stored
		 * @param timeline the cluster's timeline that the position is on
		 */
		public SinkSource(int id, @Nullable Position position, int timeline) {
			this(id, position, timeline, null);
		}

		/**
		 * The same source, further on.
		 */
		SinkSource at(Position next) {
			return new SinkSource(this.id, next, this.timeline, this.part);
		}

		/**
		 * The same source, on the timeline that the cluster is on now.
		 */
		SinkSource on(int now) {
			return new SinkSource(this.id, this.position, now, this.part);
		}

	}

}
