package io.bemi.stitching;

import java.util.ArrayList;
import java.util.List;

import io.bemi.change.Position;

/**
 * Gives each row of one transaction, of whatever size, the number of its segment.
 * <p>
 * The rule: a row belongs to the first message whose position is <em>strictly</em>
 * greater than the row's; rows after the last message belong to the last one. It holds
 * because the log gives a row the start of its record and a message the end of its
 * record, which is the start of the next: on a tie the message precedes the row and so
 * does not cover it. (See {@code ReorderBufferQueueMessage} and
 * {@code ReorderBufferQueueChange} in PostgreSQL's {@code decode.c}, and the project's
 * measurements: no exception in 1 886 000 changes on 14, 15, 17 and 18, where {@code >=}
 * was wrong for 1.2 % and order of arrival for up to 73 %.)
 * <p>
 * Rows and messages arrive in the order of their positions, but on a tie in any order. So
 * only the rows at the newest position are held back (those of one record at most), and a
 * row's segment is known as soon as anything newer arrives. Which message covers a
 * segment is known at the end, because one message of the application anywhere in the
 * transaction silences those of the session. Memory: the rows held back and one bit per
 * message.
 *
 * @param <R> what the caller keeps of a row
 */
public final class Stitcher<R> {

	private final Sink<? super R> sink;

	private final List<R> held = new ArrayList<>();

	private final Segments segments = new Segments();

	private Position newest = Position.ZERO;

	/**
	 * Creates a stitcher of one transaction.
	 * @param sink what takes the rows, in order of arrival
	 */
	public Stitcher(Sink<? super R> sink) {
		this.sink = sink;
	}

	/**
	 * Takes a row; rows whose segment is known thereby go to the sink.
	 * @param position where the row's record starts
	 * @param row the row
	 * @throws IllegalArgumentException when something newer has arrived before
	 */
	public void row(Position position, R row) {
		advance(position);
		this.held.add(row);
	}

	/**
	 * Takes a message; rows whose segment is known thereby go to the sink.
	 * @param message the message
	 * @throws IllegalArgumentException when something newer has arrived before
	 */
	public void message(ContextMessage message) {
		advance(message.position());
		this.segments.add(message.source());
	}

	/**
	 * Ends the transaction: the rows still held back go to the sink.
	 * @return the message of each segment
	 */
	public Segments finish() {
		release();
		return this.segments;
	}

	private void advance(Position position) {
		int order = position.compareTo(this.newest);
		if (order < 0) {
			throw new IllegalArgumentException("'position' must not be before " + this.newest + ", but is " + position);
		}
		if (order > 0) {
			release();
			this.newest = position;
		}
	}

	/**
	 * All messages so far lie at or before the rows held back, whoever came first.
	 */
	private void release() {
		for (R row : this.held) {
			this.sink.accept(row, this.segments.messages());
		}
		this.held.clear();
	}

	/**
	 * Takes rows whose segment is known.
	 *
	 * @param <R> what the caller keeps of a row
	 */
	@FunctionalInterface
	public interface Sink<R> {

		/**
		 * Takes a row.
		 * @param row the row
		 * @param segment the number of its segment, which never decreases
		 */
		void accept(R row, int segment);

	}

}
