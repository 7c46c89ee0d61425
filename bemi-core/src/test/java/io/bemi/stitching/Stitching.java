package io.bemi.stitching;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

import io.bemi.change.Position;
import io.bemi.stitching.ContextMessage.Source;

/**
 * The rule of {@link Stitcher} for a whole transaction at once, whatever the order of
 * rows and messages.
 */
public final class Stitching {

	private Stitching() {
	}

	/**
	 * Finds the message of each row.
	 * @param rows the position of each row of a transaction
	 * @param messages the messages of the same transaction
	 * @return for each row the index of its message, or {@link Segments#NONE} when there
	 * is no message
	 */
	public static int[] messageOfEachRow(List<Position> rows, List<ContextMessage> messages) {
		int[] counting = counting(messages);
		return rows.stream().mapToInt((row) -> messageOf(row, counting, messages)).toArray();
	}

	/**
	 * The indexes of the messages that count, by position.
	 */
	private static int[] counting(List<ContextMessage> messages) {
		boolean application = messages.stream().anyMatch((message) -> message.source() == Source.APPLICATION);
		return IntStream.range(0, messages.size())
			.boxed()
			.filter((i) -> !application || messages.get(i).source() == Source.APPLICATION)
			.sorted(Comparator.comparing((Integer i) -> messages.get(i).position()))
			.mapToInt(Integer::intValue)
			.toArray();
	}

	private static int messageOf(Position row, int[] counting, List<ContextMessage> messages) {
		int from = 0;
		int to = counting.length;
		while (from < to) {
			int middle = (from + to) >>> 1;
			if (messages.get(counting[middle]).position().isAfter(row)) {
				to = middle;
			}
			else {
				from = middle + 1;
			}
		}
		return (counting.length == 0) ? Segments.NONE : counting[Math.min(from, counting.length - 1)];
	}

}
