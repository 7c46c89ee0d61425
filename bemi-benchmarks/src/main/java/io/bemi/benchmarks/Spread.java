package io.bemi.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * The median of several rounds, and the rounds around it.
 *
 * @param lowest the lowest round
 * @param median the middle one
 * @param highest the highest one
 */
record Spread(double lowest, double median, double highest) {

	static Spread of(List<Double> rounds) {
		if (rounds.isEmpty()) {
			throw new IllegalArgumentException("'rounds' must not be empty");
		}
		List<Double> sorted = rounds.stream().sorted().toList();
		return new Spread(sorted.get(0), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
	}

	@Override
	public String toString() {
		return toString(0);
	}

	String toString(int decimals) {
		String number = "%." + decimals + "f";
		return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", this.median, this.lowest,
				this.highest);
	}

}
