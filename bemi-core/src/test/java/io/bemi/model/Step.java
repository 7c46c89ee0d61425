package io.bemi.model;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a program. Every list of steps is a program: what makes no sense where it
 * stands, such as a COMMIT without a transaction, is passed over.
 *
 * @param action what happens
 * @param choice which one of several ways it happens in
 * @param body what happens within, empty for actions that hold nothing
 */
record Step(Action action, int choice, List<Step> body) {

	Step {
		body = List.copyOf(body);
	}

	static int count(List<Step> steps) {
		return steps.stream().mapToInt((step) -> 1 + count(step.body())).sum();
	}

	/**
	 * The same steps without one of them.
	 * @param index its place in the order in which they are written down
	 */
	static List<Step> without(List<Step> steps, int index) {
		List<Step> result = new ArrayList<>();
		int next = index;
		for (Step step : steps) {
			int size = 1 + count(step.body());
			if (next == 0) {
				// Its body may be all that is needed.
				result.addAll(step.action().connects() ? List.of() : step.body());
			}
			else if (next > 0 && next < size) {
				result.add(new Step(step.action(), step.choice(), without(step.body(), next - 1)));
			}
			else {
				result.add(step);
			}
			next -= size;
		}
		return result;
	}

	static String print(List<Step> steps, String indent) {
		StringBuilder text = new StringBuilder();
		for (Step step : steps) {
			text.append(indent).append(step.action()).append(' ').append(step.choice()).append('\n');
			text.append(print(step.body(), indent + "  "));
		}
		return text.toString();
	}

}
