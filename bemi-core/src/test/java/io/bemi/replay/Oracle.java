package io.bemi.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.bemi.replay.Fold.Entry;
import io.bemi.replay.Moment.Content;
import io.bemi.replay.Moment.Row;
import io.bemi.replay.Touches.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Compares the history with the truth: every change, and what the tables held.
 */
final class Oracle {

	private static final Instant END = new Instant(Long.MAX_VALUE, Long.MAX_VALUE);

	private final List<Entry> history = new ArrayList<>();

	private final List<String> problems = new ArrayList<>();

	private final Map<String, Integer> counts = new TreeMap<>();

	private final int version;

	private final Touches touches;

	private final Copies copies;

	Oracle(int version, List<Recorded> recorded, List<Truth> truths, Touches touches, Copies copies) {
		this.version = version;
		this.touches = touches;
		this.copies = copies;
		Map<Long, List<Truth>> expected = new HashMap<>();
		// A transaction with an old snapshot may take a table for one that is not
		// published yet.
		for (Truth truth : truths) {
			expected.computeIfAbsent(truth.transaction(), (xid) -> new ArrayList<>()).add(truth);
		}
		for (Recorded change : recorded) {
			if (change.isFound()) {
				this.history.add(new Entry(change, found(change)));
				count(change.operation());
				continue;
			}
			List<Truth> candidates = expected.getOrDefault(change.transaction(), List.of());
			Truth truth = take(change, candidates, touches);
			if (truth != null) {
				this.history.add(new Entry(change, truth.with(touches.columns(truth.relation(), truth.number()))));
				count(change.operation());
			}
			else {
				this.problems.add("recorded %s%nbut nothing of that happened. Candidates: %s".formatted(change,
						candidates.stream()
							.filter((other) -> other.relation() == change.relation()
									&& other.operation().equals(change.operation()))
							.limit(2)
							.map(Truth::toString)
							.collect(Collectors.joining("\n"))));
			}
		}
		expected.values()
			.stream()
			.flatMap(List::stream)
			.filter(Truth::published)
			.forEach((missing) -> this.problems.add("not recorded: " + missing));
		checkUnknown();
	}

	/**
	 * What columns a row had that was found. That it was so is seen at the moments.
	 */
	private Truth found(Recorded row) {
		long number = this.touches.atBaseline(row.relation(), row.transaction(), row.position()).number();
		return new Truth(number, row.transaction(), row.relation(), row.name(), row.operation(), Map.of(), Map.of(),
				this.touches.columns(row.relation(), number), true, false);
	}

	private static @Nullable Truth take(Recorded change, List<Truth> candidates, Touches touches) {
		for (Iterator<Truth> iterator = candidates.iterator(); iterator.hasNext();) {
			Truth truth = iterator.next();
			if (truth.agrees(change, touches)) {
				iterator.remove();
				return truth;
			}
		}
		return null;
	}

	List<String> problems() {
		return this.problems;
	}

	Map<String, Integer> counts() {
		return this.counts;
	}

	private void count(String what) {
		this.counts.merge(what, 1, Integer::sum);
	}

	private static boolean isKeyless(Entry entry) {
		return entry.change().key() == null && !entry.change().operation().equals("TRUNCATE");
	}

	private Instant at(Entry entry) {
		return entry.change().isFound() ? new Instant(entry.change().position(), entry.truth().number())
				: this.touches.at(entry.change().transaction(), entry.truth().number());
	}

	/**
	 * Nothing is unknown that could be known.
	 */
	private void checkUnknown() {
		Fold fold = new Fold(this.touches);
		for (Entry entry : this.history) {
			fold.sever(entry.change().relation(), isKeyless(entry), at(entry), (transaction) -> true);
			boolean incomplete = fold.isIncomplete(entry.change().relation())
					&& !this.copies.isCopied(entry.change(), lastLoss(entry));
			Entry previous = fold.previous(entry.change());
			for (String column : entry.change().unknown()) {
				if (!mayBeUnknown(column, entry, previous, incomplete)) {
					this.problems.add("column '%s' should be known of %s%nsince %s".formatted(column, entry.change(),
							(previous != null) ? previous.change() : "nothing"));
				}
				count("unknown");
			}
			String problem = fold.apply(entry);
			if (problem != null && !incomplete) {
				this.problems.add("%s is about %s".formatted(entry.change(), problem));
			}
		}
	}

	private long lastLoss(Entry entry) {
		return this.touches.lastLoss(entry.change().relation(),
				(transaction) -> this.touches.at(transaction, 0).compareTo(at(entry)) <= 0);
	}

	private boolean mayBeUnknown(String column, Entry entry, @Nullable Entry previous, boolean incomplete) {
		if (entry.change().full()) {
			// PostgreSQL 14 takes columns that were added to a partition for nulls.
			if (this.version > 14) {
				return false;
			}
			if (entry.truth().old().getOrDefault(column, "null").equals("null")) {
				return true;
			}
		}
		if (previous == null) {
			return incomplete;
		}
		Integer attribute = entry.truth().columns().get(column);
		if (attribute == null) {
			return false;
		}
		String name = previous.nameOf(attribute);
		return (name != null && !previous.change().values().containsKey(name)) || this.touches
			.isDoubtful(entry.change().relation(), attribute, previous.truth().number(), entry.truth().number());
	}

	/**
	 * Compares what the tables held. Of rows that were not copied yet after something
	 * became unknown, only what is known is compared.
	 * @param moment when that was
	 * @param settled whether everything has been copied
	 * @return what differs
	 */
	List<String> check(Moment moment, boolean settled) {
		Fold fold = new Fold(this.touches);
		for (Entry entry : this.history) {
			if (moment.sees(entry.change())) {
				fold.sever(entry.change().relation(), isKeyless(entry), at(entry), moment.snapshot()::sees);
				fold.apply(entry);
			}
		}
		List<String> differences = new ArrayList<>();
		for (Content content : moment.tables().values()) {
			fold.sever(content.relation(), content.key().isEmpty(), END, moment.snapshot()::sees);
			boolean complete = settled || isCopied(content, moment) || !fold.isIncomplete(content.relation());
			String difference;
			if (content.key().isEmpty()) {
				if (!complete) {
					count("tables not compared");
					continue;
				}
				difference = compareKeyless(content, fold.keyless(content.relation()), moment, settled);
			}
			else {
				Content told = complete ? content : told(content, fold, moment);
				difference = compare(told, fold.keyed(content.relation()), moment,
						settled || isCopied(content, moment));
			}
			count(complete ? "tables compared" : "tables compared where known");
			if (difference != null) {
				differences.add(content.name() + ": " + difference);
			}
		}
		return differences;
	}

	private boolean isCopied(Content content, Moment moment) {
		return this.copies.isCopied(content.relation(), moment.snapshot()::sees,
				this.touches.lastLoss(content.relation(), moment.snapshot()::sees), moment.time());
	}

	/**
	 * The rows but for those that were changed, or came to an end, before they were
	 * copied: nobody has seen what they were. Nor does what comes after rows came or went
	 * tell of those that were there: another one may have the key.
	 */
	private Content told(Content content, Fold fold, Moment moment) {
		Map<String, Boolean> untold = new HashMap<>();
		Instant severed = this.touches.severedAfter(content.relation(), moment.snapshot()::sees);
		boolean rest = severed != null || this.copies.isGivenUp(content.relation(), moment.snapshot()::sees);
		for (Entry entry : this.history) {
			Recorded change = entry.change();
			if (change.relation() != content.relation() || moment.sees(change)
					|| (severed != null && at(entry).compareTo(severed) > 0)) {
				continue;
			}
			if (change.operation().equals("TRUNCATE")) {
				rest = true;
				break;
			}
			String key = change.isFound() ? change.key() : change.replacedKey();
			if (key != null) {
				untold.putIfAbsent(key, true);
			}
			if (change.key() != null) {
				untold.putIfAbsent(change.key(), false);
			}
		}
		boolean others = rest;
		return content.of(content.rows().stream().filter((row) -> {
			String key = String.valueOf(row.key());
			return fold.keyed(content.relation()).containsKey(key) || !untold.getOrDefault(key, others);
		}).toList());
	}

	private @Nullable String compare(Content content, Map<String, Entry> records, Moment moment, boolean exact) {
		Set<String> keys = content.rows().stream().map((row) -> String.valueOf(row.key())).collect(Collectors.toSet());
		if (!keys.equals(records.keySet())) {
			return "the table has " + keys + ", the history " + records.keySet();
		}
		for (Row row : content.rows()) {
			Entry entry = records.get(String.valueOf(row.key()));
			if (entry == null || !isSame(row, entry, content, moment, exact)) {
				return "the table has " + Image.abbreviated(row.image()) + ", the history " + entry;
			}
			count("rows compared");
		}
		return null;
	}

	private @Nullable String compareKeyless(Content content, List<Entry> entries, Moment moment, boolean exact) {
		List<Entry> rest = new ArrayList<>(entries);
		for (Row row : content.rows()) {
			Entry same = rest.stream()
				.filter((entry) -> isSame(row, entry, content, moment, exact))
				.findFirst()
				.orElse(null);
			if (same == null) {
				return "the table has " + Image.abbreviated(row.image()) + ", the history only " + rest;
			}
			rest.remove(same);
			count("rows compared");
		}
		return rest.isEmpty() ? null : "the history also has " + rest;
	}

	private boolean isSame(Row row, Entry entry, Content content, Moment moment, boolean exact) {
		for (Map.Entry<String, Integer> column : content.columns().entrySet()) {
			String told = told(entry, column.getValue(), moment);
			if ((told != null) ? !told.equals(row.image().get(column.getKey())) : exact) {
				return false;
			}
			count((told != null) ? "values compared" : "values unknown");
		}
		return true;
	}

	/**
	 * What the latest entry about a row tells of a column now.
	 */
	private @Nullable String told(Entry entry, int attribute, Moment moment) {
		long relation = entry.change().relation();
		long number = entry.truth().number();
		if (this.touches.isUnseenSince(relation, attribute, number, moment.snapshot()::sees)) {
			return null;
		}
		String name = entry.nameOf(attribute);
		return (name != null) ? entry.change().values().get(name)
				: this.touches.added(relation, attribute, number, moment.snapshot()::sees);
	}

}
