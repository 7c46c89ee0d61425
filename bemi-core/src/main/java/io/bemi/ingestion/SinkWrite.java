package io.bemi.ingestion;

import java.util.List;

/**
 * One transaction of the sink: any number of chunks, then a commit. Closed without one,
 * nothing of it remains.
 */
public interface SinkWrite extends AutoCloseable {

	/**
	 * Adds changes, in the order of the history. A change that cannot be stored as it is
	 * goes to quarantine and does not fail the write.
	 * @param changes the changes
	 * @throws SinkException when the sink cannot be used
	 */
	void append(List<RowChange> changes);

	/**
	 * Adds the contexts that changes refer to by their number.
	 * @param contexts the contexts
	 * @throws SinkException when the sink cannot be used
	 */
	void appendContexts(List<TransactionContext> contexts);

	/**
	 * Puts something that could not be read as a change into quarantine.
	 * @param poison what arrived, and what is wrong with it
	 * @throws SinkException when the sink cannot be used
	 */
	void quarantine(PoisonRow poison);

	/**
	 * Makes everything visible, and the position with it.
	 * @throws SinkException when it is unknown whether that succeeded
	 */
	void commit();

	@Override
	void close();

}
