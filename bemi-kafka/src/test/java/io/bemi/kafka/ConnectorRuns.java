package io.bemi.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A random transaction, as a connector sends it that is killed and begins again: of what
 * Kafka has not confirmed yet some has been written, in each partition the first of it.
 * It goes on behind the last change that was confirmed, or sends that once more, and
 * counts on from the last event, which may have been a message.
 */
final class ConnectorRuns {

	private static final String END = "end";

	private final long xid;

	private final long end;

	private final List<Event> events = new ArrayList<>();

	private int users;

	/** What each partition gets, in its order. */
	private final Map<String, Deque<Consumer<Records>>> sent = new LinkedHashMap<>();

	ConnectorRuns(Random random, long xid, long begin) {
		this.xid = xid;
		long lsn = begin;
		int size = 1 + random.nextInt(8);
		for (int row = 0; row < size; row++) {
			if (random.nextInt(3) == 0 && row > 0) {
				lsn = messages(random, lsn);
			}
			else if (random.nextInt(4) > 0) {
				// Otherwise several rows of one record of the log.
				lsn += 10;
			}
			this.events.add(new Event(lsn, random.nextInt(3), 0, row + 1));
		}
		this.end = messages(random, lsn) + 100;
		send(random);
	}

	/**
	 * Adds none to two messages: a message has the position of what follows it.
	 */
	private long messages(Random random, long after) {
		long lsn = after;
		for (int i = random.nextInt(3); i > 0; i--) {
			lsn += 10;
			this.events.add(new Event(lsn, random.nextInt(3), ++this.users, 0));
		}
		return lsn;
	}

	private void send(Random random) {
		int behind = 0;
		int counted = 0;
		int twice = 0;
		boolean again = false;
		int changes = (int) this.events.stream().filter((event) -> !event.isMessage()).count();
		long time = 1_000;
		for (int kills = random.nextInt(4); kills >= 0; kills--) {
			int from = again ? behind - 1 : behind;
			int upto = (kills > 0) ? from + random.nextInt(this.events.size() + 1 - from) : this.events.size();
			boolean ended = kills == 0 || upto == this.events.size() && random.nextBoolean();
			int confirmed = (kills > 0) ? from + random.nextInt(upto - from + 1) : this.events.size();
			Map<String, Boolean> open = new LinkedHashMap<>();
			int count = counted;
			for (int i = from; i < upto; i++) {
				Event event = this.events.get(i);
				int order = ++count;
				long sentAt = time + i;
				boolean delivered = i < confirmed
						|| open.computeIfAbsent(event.partition(), (any) -> random.nextInt(3) > 0);
				if (!delivered) {
					continue;
				}
				if (i >= confirmed && random.nextInt(4) == 0) {
					open.put(event.partition(), false);
				}
				to(event.partition()).add((records) -> event.send(records.at(sentAt), this.xid, order));
			}
			if (ended && (kills == 0 || random.nextBoolean())) {
				int all = count;
				int messages = all - changes - twice - (again ? 1 : 0);
				long sentAt = time + upto;
				to(END).add((records) -> records.at(sentAt).end(this.xid, this.end, all, messages));
			}
			if (confirmed > from) {
				counted += confirmed - from;
				twice += again ? 1 : 0;
				behind = behindLastChange(confirmed);
				// It begins from the same in the same way, however often.
				again = behind > 0 && random.nextInt(3) == 0;
			}
			time += 1_000;
		}
	}

	private int behindLastChange(int confirmed) {
		int from = confirmed;
		while (from > 0 && this.events.get(from - 1).isMessage()) {
			from--;
		}
		return from;
	}

	private Deque<Consumer<Records>> to(String partition) {
		return this.sent.computeIfAbsent(partition, (any) -> new ArrayDeque<>());
	}

	/**
	 * What the history has to say: a change belongs to the next message, or to the last
	 * one where none follows.
	 */
	List<String> changes() {
		List<String> changes = new ArrayList<>();
		for (int i = 0; i < this.events.size(); i++) {
			Event event = this.events.get(i);
			if (!event.isMessage()) {
				changes.add(this.xid * 10 + event.row() + "|t" + event.row() + "|" + user(i) + "|" + changes.size()
						+ "|" + this.xid);
			}
		}
		return changes;
	}

	/**
	 * Its rows and messages in their order: numbers of rows, and users.
	 */
	List<String> all() {
		return this.events.stream()
			.map((event) -> event.isMessage() ? "u" + event.user() : String.valueOf(event.row()))
			.toList();
	}

	private @Nullable String user(int change) {
		String user = null;
		for (int i = 0; i < this.events.size(); i++) {
			if (this.events.get(i).isMessage()) {
				user = "u" + this.events.get(i).user();
				if (i > change) {
					return user;
				}
			}
		}
		return user;
	}

	/**
	 * What arrives of transactions that are sent one after the other: in each partition
	 * in its order, otherwise in any.
	 */
	static List<Consumer<Records>> arrivals(Random random, List<ConnectorRuns> transactions) {
		Map<String, Deque<Consumer<Records>>> partitions = new LinkedHashMap<>();
		for (ConnectorRuns transaction : transactions) {
			transaction.sent.forEach((partition,
					sent) -> partitions.computeIfAbsent(partition, (any) -> new ArrayDeque<>()).addAll(sent));
		}
		List<Consumer<Records>> arrivals = new ArrayList<>();
		List<Deque<Consumer<Records>>> left = new ArrayList<>(partitions.values());
		while (!left.isEmpty()) {
			Deque<Consumer<Records>> next = left.get(random.nextInt(left.size()));
			for (int i = random.nextInt(12); i >= 0 && !next.isEmpty(); i--) {
				arrivals.add(next.remove());
			}
			left.removeIf(Deque::isEmpty);
		}
		return arrivals;
	}

	/**
	 * A row that is created, or a message.
	 *
	 * @param user of a message; 0 of a row
	 */
	private record Event(long lsn, int place, int user, int row) {

		boolean isMessage() {
			return this.user > 0;
		}

		String partition() {
			return (isMessage() ? "message" : "todo") + this.place;
		}

		void send(Records records, long xid, int order) {
			if (isMessage()) {
				records.message(this.place, xid, this.lsn, order, "{\"user\": \"u" + this.user + "\"}");
			}
			else {
				records.insert(this.place, xid, this.lsn, order, (int) (xid * 10 + this.row), "t" + this.row);
			}
		}

	}

}
