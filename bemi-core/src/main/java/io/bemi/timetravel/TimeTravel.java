package io.bemi.timetravel;

import java.time.Instant;
import java.util.function.Supplier;

import io.bemi.change.Position;

/**
 * What the tables held at a moment: as values, or to the application's own repositories
 * and SQL. <pre>{@code
 * Optional<Map<String, Object>> before = timeTravel.asOf(yesterday).find("todo", 26);
 * List<Todo> todos = timeTravel.at(yesterday, () -> repository.findAll());
 * }</pre>
 */
public interface TimeTravel {

	/**
	 * The tables at a moment, as values.
	 * @param moment the moment
	 * @return what they held; asked for when it is read
	 */
	Past asOf(Moment moment);

	/**
	 * The tables when all transactions had committed that committed at a time or before.
	 * @param time by the source's clock
	 * @return what they held; asked for when it is read
	 */
	default Past asOf(Instant time) {
		return asOf(Moment.of(time));
	}

	/**
	 * The tables when a transaction had just committed.
	 * @param transactionId its id with epoch
	 * @return what they held; asked for when it is read
	 */
	default Past asOf(long transactionId) {
		return asOf(Moment.ofTransaction(transactionId));
	}

	/**
	 * The tables when all transactions had committed whose commit is at a position or
	 * before.
	 * @param position the position
	 * @return what they held; asked for when it is read
	 */
	default Past asOf(Position position) {
		return asOf(Moment.of(position));
	}

	/**
	 * Does some work that reads the past: every connection that this thread takes from
	 * the application's data source meanwhile reads what tracked tables held at the
	 * moment, and writes nothing. May be nested; the inner moment counts.
	 * @param <T> the type of the result
	 * @param moment the moment
	 * @param work what to do
	 * @return the result of the work
	 * @throws TimeTravelException when that moment is not known, the store is in another
	 * database, a transaction is under way, or the application's role may not
	 */
	<T> T at(Moment moment, Supplier<T> work);

	/**
	 * Does some work that reads the past, as {@link #at(Moment, Supplier)} does.
	 * @param moment the moment
	 * @param work what to do
	 */
	default void at(Moment moment, Runnable work) {
		at(moment, () -> {
			work.run();
			return true;
		});
	}

	/**
	 * Does some work that reads what there was at a time, as
	 * {@link #at(Moment, Supplier)} does.
	 * @param <T> the type of the result
	 * @param time by the source's clock
	 * @param work what to do
	 * @return the result of the work
	 */
	default <T> T at(Instant time, Supplier<T> work) {
		return at(Moment.of(time), work);
	}

	/**
	 * Does some work that reads what there was when a transaction had just committed, as
	 * {@link #at(Moment, Supplier)} does.
	 * @param <T> the type of the result
	 * @param transactionId its id with epoch
	 * @param work what to do
	 * @return the result of the work
	 */
	default <T> T at(long transactionId, Supplier<T> work) {
		return at(Moment.ofTransaction(transactionId), work);
	}

	/**
	 * Does some work that reads what there was at a position, as
	 * {@link #at(Moment, Supplier)} does.
	 * @param <T> the type of the result
	 * @param position the position
	 * @param work what to do
	 * @return the result of the work
	 */
	default <T> T at(Position position, Supplier<T> work) {
		return at(Moment.of(position), work);
	}

	/**
	 * Makes or renews what {@link #at} reads, which it does itself when a table has
	 * changed: the as-of views and their indexes, for those who only use SQL.
	 * @throws TimeTravelException when the store is in another database, or the
	 * application's role may not
	 */
	void prepare();

}
