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

	private final Touches touches;

	Oracle(List<Recorded> recorded, List<Truth> truths, Touches touches) {
		this.touches = touches;
		Map<Long, List<Truth>> expected = new HashMap<>();
		// A transaction with an old snapshot may take a table for one that is not
		// published yet.
		for (Truth truth : truths) {
			expected.computeIfAbsent(truth.transaction(), (xid) -> new ArrayList<>()).add(truth);
		}
		for (Recorded change : recorded) {
			List<Truth> candidates = expected.getOrDefault(change.transaction(), List.of());
			Truth truth = take(change, candidates, touches);
			if (truth != null) {
				this.history.add(new Entry(change, truth));
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
		return this.touches.at(entry.change().transaction(), entry.truth().number());
	}

	/**
	 * Nothing is unknown that could be known.
	 */
	private void checkUnknown() {
		Fold fold = new Fold(this.touches);
		for (Entry entry : this.history) {
			fold.sever(entry.change().relation(), isKeyless(entry), at(entry), (transaction) -> true);
			boolean incomplete = fold.isIncomplete(entry.change().relation());
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

	private boolean mayBeUnknown(String column, Entry entry, @Nullable Entry previous, boolean incomplete) {
		if (entry.change().full()) {
			return false;
		}
		if (previous == null) {
			return incomplete;
		}
		Integer attribute = entry.truth().columns().get(column);
		if (attribute == null) {
			return false;
		}
		String name = previous.nameOf(attribute);
		return (name != null && !previous.change().values().containsKey(name))
				|| this.touches.between(entry.change().relation(), attribute, previous.truth().number(),
						entry.truth().number(), Touches.UNSEEN);
	}

	/**
	 * Compares what the tables held.
	 * @return what differs
	 */
	List<String> check(Moment moment) {
		Fold fold = new Fold(this.touches);
		for (Entry entry : this.history) {
			if (moment.snapshot().sees(entry.change().transaction())) {
				fold.sever(entry.change().relation(), isKeyless(entry), at(entry), moment.snapshot()::sees);
				fold.apply(entry);
			}
		}
		List<String> differences = new ArrayList<>();
		for (Content content : moment.tables().values()) {
			fold.sever(content.relation(), content.key().isEmpty(), END, moment.snapshot()::sees);
			boolean incomplete = fold.isIncomplete(content.relation());
			String difference;
			if (incomplete && content.key().isEmpty()) {
				count("tables not compared");
				continue;
			}
			else if (incomplete) {
				count("tables compared where known");
				difference = compare(known(content, fold), fold.keyed(content.relation()));
			}
			else {
				count("tables compared");
				difference = content.key().isEmpty() ? compareKeyless(content, fold.keyless(content.relation()))
						: compare(content, fold.keyed(content.relation()));
			}
			if (difference != null) {
				differences.add(content.name() + ": " + difference);
			}
		}
		return differences;
	}

	/**
	 * The rows that the history tells of.
	 */
	private static Content known(Content content, Fold fold) {
		return content.of(content.rows().stream().filter((row) -> {
			String key = String.valueOf(row.key());
			return fold.keyed(content.relation()).containsKey(key) || fold.deleted(content.relation()).contains(key);
		}).toList());
	}

	private @Nullable String compare(Content content, Map<String, Entry> records) {
		Set<String> keys = content.rows().stream().map((row) -> String.valueOf(row.key())).collect(Collectors.toSet());
		if (!keys.equals(records.keySet())) {
			return "the table has " + keys + ", the history " + records.keySet();
		}
		for (Row row : content.rows()) {
			Entry entry = records.get(String.valueOf(row.key()));
			if (entry == null || !project(row.image(), content, entry).equals(project(entry, content))) {
				return "the table has " + Image.abbreviated(row.image()) + ", the history " + entry;
			}
			count("rows compared");
		}
		return null;
	}

	private @Nullable String compareKeyless(Content content, List<Entry> entries) {
		List<Entry> rest = new ArrayList<>(entries);
		for (Row row : content.rows()) {
			Entry same = rest.stream()
				.filter((entry) -> project(row.image(), content, entry).equals(project(entry, content)))
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

	private boolean comparable(Content content, int attribute, Entry entry) {
		String name = entry.nameOf(attribute);
		return name != null && entry.change().values().containsKey(name) && !this.touches.between(content.relation(),
				attribute, entry.truth().number(), Long.MAX_VALUE, Touches.UNSEEN);
	}

	private Map<Integer, String> project(Map<String, String> image, Content content, Entry entry) {
		Map<Integer, String> projection = new TreeMap<>();
		content.columns().forEach((name, attribute) -> {
			if (comparable(content, attribute, entry)) {
				projection.put(attribute, String.valueOf(image.get(name)));
			}
		});
		return projection;
	}

	private Map<Integer, String> project(Entry entry, Content content) {
		Map<Integer, String> projection = new TreeMap<>();
		content.columns().forEach((name, attribute) -> {
			if (comparable(content, attribute, entry)) {
				projection.put(attribute,
						String.valueOf(entry.change().values().get(String.valueOf(entry.nameOf(attribute)))));
			}
		});
		return projection;
	}

}
