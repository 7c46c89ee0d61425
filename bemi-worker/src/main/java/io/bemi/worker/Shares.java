package io.bemi.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides what an instance takes and lets go of, so that nobody holds two slots more than
 * somebody else. Each instance decides for itself, from what it sees.
 */
final class Shares {

	/** So many looks those have who hold fewer. */
	private static final int PATIENCE = 3;

	/** After so many somebody else is believed not to take it. */
	private static final int LONG_PATIENCE = 10;

	private final List<String> slots;

	/** For how many looks in a row each was free. */
	private final Map<String, Integer> free = new HashMap<>();

	Shares(List<String> slots) {
		this.slots = slots;
	}

	/**
	 * The free slots that this instance is to take now.
	 */
	List<String> toTake(ShareView view) {
		List<String> candidates = new ArrayList<>(view.free(this.slots));
		this.free.keySet().retainAll(candidates);
		candidates.forEach((slot) -> this.free.merge(slot, 1, Integer::sum));
		// Each instance in another order, so that they do not all want the same.
		candidates.sort(Comparator.comparingInt((slot) -> (slot + view.me()).hashCode()));
		long held = view.mine();
		List<String> taken = new ArrayList<>();
		for (String slot : candidates) {
			int looks = this.free.getOrDefault(slot, 0);
			boolean fair = held < share(view) && (held <= view.fewestOfOthers() || looks > PATIENCE);
			if (fair || looks > LONG_PATIENCE) {
				taken.add(slot);
				held++;
			}
		}
		return taken;
	}

	/**
	 * Whether this instance is to let go of a slot: when none is free, and somebody else
	 * has at least two fewer.
	 */
	boolean isToLetGo(ShareView view) {
		return view.free(this.slots).isEmpty() && view.fullest() == view.me()
				&& view.mine() - Math.min(view.mine(), view.fewestOfOthers()) >= 2;
	}

	/**
	 * The most slots that an instance is to have.
	 */
	private long share(ShareView view) {
		long shared = this.slots.size() - view.outside();
		int members = Math.max(1, view.members().size());
		return (shared + members - 1) / members;
	}

}
