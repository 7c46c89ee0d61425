package io.bemi.ingestion;

import java.util.List;
import java.util.Map;

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
	 * one without a position.
	 * @param source the source whose slot is gone
	 * @param identity the source as it is now
	 * @param reason what happened, for people
	 * @return the new source
	 * @throws SinkException when the sink cannot be used
	 */
	SinkSource supersede(SinkSource source, SourceIdentity identity, String reason);

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
	 * Up to where the slot may have been confirmed. One that is further has been
	 * confirmed by somebody else, or the sink has lost something.
	 * @param source the source
	 * @return the position; {@code null} when that cannot be told
	 * @throws SinkException when the sink cannot be used
	 */
	default @Nullable Position confirmable(SinkSource source) {
		return null;
	}

	/**
	 * Notes that there is nothing to store up to a position.
	 * @param source the source, its position the expected one
	 * @param position up to where the slot will be confirmed
	 * @throws FencedException when the stored position is not the expected one
	 * @throws SinkException when the sink cannot be used
	 */
	default void skip(SinkSource source, Position position) {
	}

	/**
	 * Whether the slot may be confirmed only up to what the sink has noted: one that can
	 * lose what the source keeps.
	 * @return {@code false} when the sink shares the source's fate
	 */
	default boolean notesSkips() {
		return false;
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
	 * @param position the commit of the last stored transaction; {@code null} when
	 * nothing was stored yet
	 */
	record SinkSource(int id, @Nullable Position position) {

		/**
		 * The same source, further on.
		 */
		SinkSource at(Position next) {
			return new SinkSource(this.id, next);
		}

	}

}
