package io.bemi.stitching;

import java.util.BitSet;
import java.util.Objects;

import io.bemi.stitching.ContextMessage.Source;

/**
 * Which message covers each segment of a transaction. A segment is what lies between two
 * messages of either source; its number is the index of the message that ends it, and the
 * last segment, whose number is the number of messages, is ended by none.
 */
public final class Segments {

	/** What stands for no message: the transaction has none. */
	public static final int NONE = -1;

	/** The indexes of the messages that count, if any is the application's. */
	private final BitSet application = new BitSet();

	private int messages;

	public void add(Source source) {
		this.application.set(this.messages++, source == Source.APPLICATION);
	}

	/**
	 * The number of messages, which is the number of the segment after the last one.
	 * @return how many messages the transaction had, of either source
	 */
	public int messages() {
		return this.messages;
	}

	/**
	 * The message that covers a segment: the first one that counts at its end or later,
	 * else the last one that counts.
	 * @param segment the segment's number
	 * @return the index of the message in order of arrival, from 0, or {@link #NONE}
	 * @throws IndexOutOfBoundsException when there is no such segment
	 */
	public int message(int segment) {
		Objects.checkIndex(segment, this.messages + 1);
		if (this.application.isEmpty()) {
			return Math.min(segment, this.messages - 1);
		}
		int next = this.application.nextSetBit(segment);
		return (next >= 0) ? next : this.application.length() - 1;
	}

}
