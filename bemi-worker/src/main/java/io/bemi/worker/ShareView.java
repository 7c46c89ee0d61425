package io.bemi.worker;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Who reads what, at a moment.
 *
 * @param me this instance's session in the store
 * @param members the instances with the same sources, by their sessions; this one too
 * @param holders who holds the slots that are held, members or others
 */
record ShareView(int me, Map<Integer, String> members, Map<String, Holder> holders) {

	/**
	 * How many slots a member holds.
	 */
	long count(int member) {
		return this.holders.values().stream().filter((holder) -> holder.session() == member).count();
	}

	long mine() {
		return count(this.me);
	}

	/**
	 * How many slots are held by those who are no members.
	 */
	long outside() {
		return this.holders.values().stream().filter((holder) -> !this.members.containsKey(holder.session())).count();
	}

	/**
	 * The fewest slots that another member holds.
	 */
	long fewestOfOthers() {
		return this.members.keySet()
			.stream()
			.filter((member) -> member != this.me)
			.mapToLong(this::count)
			.min()
			.orElse(Long.MAX_VALUE);
	}

	/**
	 * The member that lets go first: of those with the most slots, the one that is here
	 * for the longest, as far as its number tells.
	 */
	int fullest() {
		return this.members.keySet()
			.stream()
			.min(Comparator.comparingLong((Integer member) -> -count(member)).thenComparingInt((member) -> member))
			.orElse(this.me);
	}

	@Nullable Holder holder(String slot) {
		return this.holders.get(slot);
	}

	/**
	 * How many slots each member holds, by its name.
	 */
	Map<String, Long> counts() {
		return this.members.entrySet()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getValue, (entry) -> count(entry.getKey()), Long::sum, TreeMap::new));
	}

	List<String> free(List<String> slots) {
		return slots.stream().filter((slot) -> !this.holders.containsKey(slot)).toList();
	}

	/**
	 * Who holds a slot.
	 *
	 * @param session its session in the store
	 * @param name the name of the instance
	 */
	record Holder(int session, String name) {
	}

}
