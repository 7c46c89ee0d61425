package io.bemi.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What one task of an application does: an interleaving of contexts, connections,
 * transactions and statements that follows from its seed alone.
 *
 * @param seed where it comes from
 * @param steps what it does
 */
record Program(long seed, List<Step> steps) {

	private static final int DEPTH = 5;

	static Program of(long seed) {
		// Neighbouring seeds give similar first numbers.
		Random random = new Random(seed * 0x9E3779B97F4A7C15L);
		return new Program(seed, block(random, DEPTH, false));
	}

	private static List<Step> block(Random random, int depth, boolean connected) {
		List<Step> steps = new ArrayList<>();
		for (int i = random.nextInt(connected ? 9 : 2); i >= 0; i--) {
			steps.add(step(random, depth, connected));
		}
		return steps;
	}

	private static Step step(Random random, int depth, boolean connected) {
		boolean container = depth > 0 && random.nextInt(100) < (connected ? 25 : 90);
		Action action = pick(random, container ? Action.containers() : Action.leaves(), connected);
		int choice = random.nextInt(12);
		if (!container) {
			return new Step(action, choice, List.of());
		}
		boolean within = action == Action.CONNECTION || (connected && !action.connects());
		List<Step> body = new ArrayList<>();
		if (action == Action.CONNECTION && random.nextInt(100) < 60) {
			body.add(new Step(Action.BEGIN, random.nextInt(12), List.of()));
		}
		body.addAll(block(random, depth - 1, within));
		return new Step(action, choice, body);
	}

	private static Action pick(Random random, List<Action> actions, boolean connected) {
		List<Action> possible = actions.stream().filter((action) -> connected || !action.needsConnection()).toList();
		int place = random.nextInt(possible.stream().mapToInt(Action::weight).sum());
		for (Action action : possible) {
			place -= action.weight();
			if (place < 0) {
				return action;
			}
		}
		throw new IllegalStateException();
	}

	@Override
	public String toString() {
		return "seed " + this.seed + ":\n" + Step.print(this.steps, "  ");
	}

}
