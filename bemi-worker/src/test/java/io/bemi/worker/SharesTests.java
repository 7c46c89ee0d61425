package io.bemi.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import io.bemi.worker.ShareView.Holder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Shares}, with instances that come and go.
 */
class SharesTests {

	private final List<String> slots = IntStream.range(0, 12).mapToObj((number) -> "slot_" + number).toList();

	private final Map<Integer, Shares> members = new TreeMap<>();

	private final Map<String, Integer> holders = new HashMap<>();

	private final Random random = new Random(1);

	private void join(int member) {
		this.members.put(member, new Shares(this.slots));
	}

	private void leave(int member) {
		this.members.remove(member);
		this.holders.values().removeIf((holder) -> holder == member);
	}

	private ShareView view(int me) {
		Map<Integer, String> names = new HashMap<>();
		this.members.keySet().forEach((member) -> names.put(member, "worker " + member));
		Map<String, Holder> held = new HashMap<>();
		this.holders.forEach((slot, holder) -> held.put(slot, new Holder(holder, "worker " + holder)));
		return new ShareView(me, names, held);
	}

	/**
	 * Each looks once, in some order; what is let go of is free until somebody looks
	 * again.
	 * @return how many slots have moved
	 */
	private int look() {
		List<Integer> order = new ArrayList<>(this.members.keySet());
		java.util.Collections.shuffle(order, this.random);
		int moved = 0;
		for (int member : order) {
			ShareView view = view(member);
			Shares shares = java.util.Objects.requireNonNull(this.members.get(member));
			for (String slot : shares.toTake(view)) {
				moved += (this.holders.putIfAbsent(slot, member) == null) ? 1 : 0;
			}
			if (shares.isToLetGo(view)) {
				String last = this.slots.stream()
					.filter((slot) -> Integer.valueOf(member).equals(this.holders.get(slot)))
					.findFirst()
					.orElseThrow();
				this.holders.remove(last);
				moved++;
			}
		}
		return moved;
	}

	private int lookUntilNothingMoves() {
		int moved = 0;
		int quiet = 0;
		for (int look = 0; quiet < 15; look++) {
			assertThat(look).as("looks").isLessThan(200);
			int now = look();
			moved += now;
			quiet = (now == 0) ? quiet + 1 : 0;
		}
		return moved;
	}

	private List<Long> counts() {
		return this.members.keySet().stream().map((member) -> view(member).count(member)).sorted().toList();
	}

	@Test
	void oneInstanceTakesAllAtOnce() {
		join(1);
		look();
		assertThat(counts()).containsExactly(12L);
	}

	@Test
	void sharesAreEqualAndStaySo() {
		IntStream.of(1, 2, 3).forEach(this::join);
		lookUntilNothingMoves();
		assertThat(counts()).containsExactly(4L, 4L, 4L);
		assertThat(lookUntilNothingMoves()).isZero();
	}

	@Test
	void anAddedInstanceGetsItsShareAndNoMoreThanThatMoves() {
		IntStream.of(1, 2, 3).forEach(this::join);
		lookUntilNothingMoves();
		join(4);
		// Each of three is let go of, and taken.
		assertThat(lookUntilNothingMoves()).isEqualTo(6);
		assertThat(counts()).containsExactly(3L, 3L, 3L, 3L);
	}

	@Test
	void whatCannotBeSharedEquallyDiffersByOne() {
		IntStream.rangeClosed(1, 5).forEach(this::join);
		lookUntilNothingMoves();
		assertThat(counts()).containsExactly(2L, 2L, 2L, 3L, 3L);
	}

	@Test
	void moreInstancesThanSlotsHaveOneOrNone() {
		IntStream.rangeClosed(1, 14).forEach(this::join);
		lookUntilNothingMoves();
		assertThat(counts()).startsWith(0L, 0L, 1L).endsWith(1L);
	}

	@Test
	void thoseOfAnInstanceThatIsGoneAreTaken() {
		IntStream.of(1, 2, 3).forEach(this::join);
		lookUntilNothingMoves();
		leave(2);
		lookUntilNothingMoves();
		assertThat(counts()).containsExactly(6L, 6L);
	}

	@Test
	void whatAnInstanceWithOtherSourcesHoldsIsNotWaitedFor() {
		this.holders.put("slot_0", 99);
		this.holders.put("slot_1", 99);
		IntStream.of(1, 2).forEach(this::join);
		lookUntilNothingMoves();
		assertThat(counts()).containsExactly(5L, 5L);
		assertThat(lookUntilNothingMoves()).isZero();
	}

	@Test
	void whatAnotherInstanceShouldTakeAndDoesNotIsTakenInTheEnd() {
		join(1);
		join(2);
		Shares awake = java.util.Objects.requireNonNull(this.members.get(1));
		for (int look = 0; look < 12; look++) {
			awake.toTake(view(1)).forEach((slot) -> this.holders.put(slot, 1));
		}
		assertThat(counts()).containsExactly(0L, 12L);
	}

	@Test
	void comesToRestWhoeverComesAndGoes() {
		int next = 1;
		for (int round = 0; round < 200; round++) {
			if (this.members.isEmpty() || this.random.nextInt(3) > 0) {
				join(next++);
			}
			else {
				leave(this.members.keySet().iterator().next());
			}
			for (int look = this.random.nextInt(4); look > 0; look--) {
				look();
			}
			if (this.members.size() > 8) {
				leave(this.members.keySet().iterator().next());
			}
		}
		lookUntilNothingMoves();
		assertThat(this.holders).hasSize(12);
		List<Long> counts = counts();
		assertThat(counts.get(counts.size() - 1) - counts.get(0)).isLessThanOrEqualTo(1);
	}

}
