package io.bemi.benchmarks.process;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What a side's rounds have given, in their order.
 *
 * @param rounds one figure for each round
 */
public record Figures(List<Double> rounds) {

	public Figures {
		if (rounds.isEmpty()) {
			throw new IllegalArgumentException("'rounds' must not be empty");
		}
		rounds = List.copyOf(rounds);
	}

	/**
	 * The figure that so many per cent do not exceed.
	 * @param figures any figures
	 * @param percent how many
	 * @return one of them
	 */
	public static double percentile(Collection<Double> figures, int percent) {
		List<Double> sorted = figures.stream().sorted().toList();
		return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
	}

	/**
	 * The median.
	 */
	public double median() {
		return percentile(this.rounds, 50);
	}

	/**
	 * How many times the base it is, round by round.
	 * @param base the figures of the same rounds of another side
	 * @return the ratios
	 */
	public Figures over(Figures base) {
		if (base.rounds.size() != this.rounds.size()) {
			throw new IllegalArgumentException("'base' must have as many rounds");
		}
		return new Figures(IntStream.range(0, this.rounds.size())
			.mapToObj((round) -> this.rounds.get(round) / base.rounds.get(round))
			.toList());
	}

	/**
	 * The median, and the quartiles around it.
	 * @param format how a figure looks
	 * @return for a cell of a table
	 */
	public String text(String format) {
		return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", median(),
				percentile(this.rounds, 25), percentile(this.rounds, 75));
	}

}
