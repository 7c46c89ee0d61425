package io.bemi.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;

/**
 * Brings the changes of one source into a sink, on threads of its own, from its start
 * until it is closed, whoever reads the slot.
 */
public interface SourceIngester extends AutoCloseable {

	/**
	 * Starts, and waits for nothing.
	 */
	void start();

	/**
	 * Waits until nothing that is committed from now on can be missed (there is a slot),
	 * or it is clear why not.
	 * @param timeout how long to wait at most
	 * @return whether that came true in time; at once where somebody else sees to it
	 * @throws InterruptedException when the thread is interrupted
	 */
	default boolean awaitSettled(Duration timeout) throws InterruptedException {
		return true;
	}

	/**
	 * What the ingester does now.
	 */
	IngestionStatus status();

	/**
	 * How far the rows that were there before recording are copied, by this instance.
	 */
	BaselineProgress baseline();

	/**
	 * The columns that are not recorded as they are.
	 * @return of each table that has some; none where it is not known
	 */
	default List<TableColumns> columns() {
		return List.of();
	}

	/**
	 * How many rows could not be recorded as they are.
	 */
	Quarantine quarantine();

	/**
	 * How much of the log the server keeps for the slot: seen every ten seconds, while
	 * the source answers.
	 * @return what was seen last; {@code null} when there is no slot, or it was not
	 * looked yet
	 */
	@Nullable SlotUsage slotUsage();

	/**
	 * When the thread that records was last seen at work; it is looked every ten seconds.
	 * While it waits for the store it is not.
	 * @return by this process's clock; {@code null} before the first time
	 */
	@Nullable Instant activeAt();

	/**
	 * What was done so far, by this instance.
	 */
	IngestionProgress progress();

	/**
	 * How far the history is behind, by the time: what was committed so long ago is
	 * stored.
	 * @return the time; {@code null} while it is not known here
	 */
	@Nullable Duration lag();

	/**
	 * Pauses ingestion: what has arrived is stored, and nothing more until
	 * {@link #resume()}.
	 * @param patience how long to wait for that
	 * @return what the ingester does then; one that stands by is not paused
	 * @throws InterruptedException when the thread is interrupted
	 */
	IngestionStatus pause(Duration patience) throws InterruptedException;

	/**
	 * Ends a pause.
	 */
	void resume();

	/**
	 * Whether it is to be paused, though it may not have come to that yet.
	 */
	boolean isPaused();

	/**
	 * Where the history was last interrupted.
	 * @return the newest gap; {@code null} when there is none, or it is not known here
	 */
	@Nullable Gap lastGap();

	/**
	 * How often the history was interrupted.
	 * @return the number of gaps; empty when it is not known here
	 */
	OptionalLong gaps();

	/**
	 * Stops where a transaction ends, so that another instance goes on. Does not wait for
	 * that: then the phase is {@link IngestionStatus.Phase#STOPPED STOPPED}.
	 */
	void retire();

	/**
	 * Stops after what has arrived is stored, and waits for that.
	 */
	@Override
	void close();

}
