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
	 * Replaces all contexts that were added of a transaction.
	 * @param transaction the transaction
	 * @param metadata the JSON object that each of them is now
	 * @throws SinkException when the sink cannot be used
	 */
	void replaceContexts(SourceTransaction transaction, String metadata);

	/**
	 * Puts something that could not be read as a change into quarantine.
	 * @param poison what arrived, and what is wrong with it
	 * @throws SinkException when the sink cannot be used
	 */
	void quarantine(PoisonRow poison);

	/**
	 * Notes that changes of a transaction were left out.
	 * @param skipped whose, and of which tables
	 * @throws SinkException when the sink cannot be used
	 */
	void skip(SkippedTransaction skipped);

	/**
	 * Notes that the history of the source begins here, and that a gap before it ends.
	 * @param moment from where on changes are recorded
	 * @throws SinkException when the sink cannot be used
	 */
	void beginHistory(SourceTransaction moment);

	/**
	 * Notes that the rows of a table are to be copied: those that are there, and will not
	 * be seen as changes. What was noted of the same table before is void.
	 * @param table the table
	 * @param since the transaction from which on changes are recorded
	 * @param ordinal from where on in that transaction
	 * @param empty whether it has no rows
	 * @throws SinkException when the sink cannot be used
	 */
	void requestBaseline(TrackedRelation table, SourceTransaction since, long ordinal, boolean empty);

	/**
	 * Adds rows as they were found, but for those of which the history knows better: what
	 * has changed since recording began is in it already.
	 * @param chunk the rows; ignored when the baseline that they belong to is void
	 * @throws SinkException when the sink cannot be used
	 */
	void append(BaselineChunk chunk);

	/**
	 * Ends a baseline without its rows.
	 * @param baseline what was to be copied
	 * @param reason why not, for people
	 * @throws SinkException when the sink cannot be used
	 */
	void endBaseline(PendingBaseline baseline, String reason);

	/**
	 * Makes everything visible, and the position with it.
	 * @throws SinkException when it is unknown whether that succeeded
	 */
	void commit();

	@Override
	void close();

}
