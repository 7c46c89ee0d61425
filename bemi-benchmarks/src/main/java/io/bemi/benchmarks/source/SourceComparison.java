package io.bemi.benchmarks.source;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import io.bemi.benchmarks.process.Figures;

/**
 * What a server gets done that is audited, beside one that is not.
 */
public final class SourceComparison {

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 8);

	private static final double SECONDS = Integer.getInteger("bemi.benchmarks.millis", 4_000) / 1e3;

	/** Ingestion keeps up when everything is stored so soon after a round. */
	private static final double LONGEST_LAG = Integer.getInteger("bemi.benchmarks.lag", 2_000) / 1e3;

	/** No round begins later than that after the start. */
	private static final Duration LATEST_ROUND = Duration.ofMinutes(7);

	private final long begun = System.nanoTime();

	private final Map<SourceSide, AuditedSource> sources = new EnumMap<>(SourceSide.class);

	private SourceComparison() {
	}

	/**
	 * Runs the comparison, and prints a table and a line.
	 * @throws IOException when a server or a process does not do what it must
	 */
	public static void run() throws IOException {
		try {
			new SourceComparison().measure();
		}
		catch (SQLException | ExecutionException ex) {
			throw new IOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void measure() throws IOException, SQLException, InterruptedException, ExecutionException {
		try {
			for (SourceSide side : SourceSide.values()) {
				this.sources.put(side, AuditedSource.start(side));
			}
			System.out.printf(Locale.ROOT, "Ready after %.0f s%n", (System.nanoTime() - this.begun) / 1e9);
			Duration half = LATEST_ROUND.dividedBy(2);
			// The first round only warms up.
			rounds(1, 0, half);
			Rounds closed = rounds(ROUNDS, 0, half);
			double rate = closed.figures(SourceSide.PLAIN, SourceRound::perSecond).median() / 2;
			Rounds scheduled = rounds(ROUNDS, rate, LATEST_ROUND);
			for (AuditedSource source : this.sources.values()) {
				source.check();
			}
			print(closed, scheduled, rate);
		}
		finally {
			for (AuditedSource source : this.sources.values()) {
				source.close();
			}
		}
	}

	private Rounds rounds(int count, double rate, Duration latest)
			throws IOException, SQLException, InterruptedException, ExecutionException {
		Rounds rounds = new Rounds();
		for (int round = 0; round < count
				&& (round == 0 || System.nanoTime() - this.begun < latest.toNanos()); round++) {
			List<SourceSide> order = new ArrayList<>(List.of(SourceSide.values()));
			Collections.rotate(order, round);
			for (SourceSide side : order) {
				AuditedSource source = this.sources.get(side);
				if (source != null) {
					rounds.add(side, source.run(rate, SECONDS));
				}
			}
		}
		return rounds;
	}

	private static void print(Rounds closed, Rounds scheduled, double rate) {
		closed.print(String.format(Locale.ROOT, "As many transactions as %d clients can, %.0f s a round",
				BankLoad.CLIENTS, SECONDS));
		scheduled.print(String.format(Locale.ROOT, "%.0f transactions in a second", rate));
		closed.demandLittleLag();
		scheduled.demandLittleLag();
		System.out.printf(Locale.ROOT, "%nsource: other=%.2f same=%.2f trigger=%.2f p95_other=%.2f p95_same=%.2f%n",
				closed.ratio(SourceSide.OTHER, SourceRound::perSecond).median(),
				closed.ratio(SourceSide.SAME, SourceRound::perSecond).median(),
				closed.ratio(SourceSide.TRIGGER, SourceRound::perSecond).median(),
				scheduled.ratio(SourceSide.OTHER, SourceRound::p95).median(),
				scheduled.ratio(SourceSide.SAME, SourceRound::p95).median());
	}

	/**
	 * All rounds of one kind.
	 */
	private static final class Rounds {

		private final Map<SourceSide, List<SourceRound>> rounds = new EnumMap<>(SourceSide.class);

		void add(SourceSide side, SourceRound round) {
			this.rounds.computeIfAbsent(side, (key) -> new ArrayList<>()).add(round);
		}

		/**
		 * Of the rounds that count: those in which ingestion has kept up.
		 */
		Figures figures(SourceSide side, ToDoubleFunction<SourceRound> figure) {
			return figures(side, side, figure);
		}

		private Figures figures(SourceSide side, SourceSide counting, ToDoubleFunction<SourceRound> figure) {
			List<SourceRound> all = this.rounds.getOrDefault(side, List.of());
			List<SourceRound> deciding = this.rounds.getOrDefault(counting, List.of());
			List<Double> kept = IntStream.range(0, all.size())
				.filter((round) -> deciding.get(round).lag() <= LONGEST_LAG)
				.mapToObj((round) -> figure.applyAsDouble(all.get(round)))
				.toList();
			return new Figures(kept.isEmpty() ? List.of(Double.NaN) : kept);
		}

		Figures ratio(SourceSide side, ToDoubleFunction<SourceRound> figure) {
			return figures(side, figure).over(figures(SourceSide.PLAIN, side, figure));
		}

		void demandLittleLag() {
			this.rounds.forEach((side, all) -> {
				if (all.stream().noneMatch((round) -> round.lag() <= LONGEST_LAG)) {
					throw new IllegalStateException("Ingestion has not kept up in any round: " + side.title());
				}
			});
		}

		void print(String title) {
			System.out.printf(
					"%n%s: median (quartiles), processor time and log for each transaction, lag of all rounds%n%n",
					title);
			System.out.printf("| %-32s | %-20s | %5s | %-18s | %5s | %9s | %8s | %11s | %9s | %7s | %6s |%n", "",
					"in a second", "share", "p95 ms", "times", "source ms", "store ms", "ingester ms", "log bytes",
					"lag s", "counts");
			System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
			this.rounds.forEach((side, all) -> System.out.printf(Locale.ROOT,
					"| %-32s | %-20s | %5.2f | %-18s | %5.2f | %9.3f | %8.3f | %11.3f | %9.0f | %7.1f | %6s |%n",
					side.title(), figures(side, SourceRound::perSecond).text("%.0f"),
					ratio(side, SourceRound::perSecond).median(), figures(side, SourceRound::p95).text("%.2f"),
					ratio(side, SourceRound::p95).median(),
					1e3 * figures(side, (round) -> round.usage().source()).median(),
					1e3 * figures(side, (round) -> round.usage().store()).median(),
					1e3 * figures(side, (round) -> round.usage().ingester()).median(),
					figures(side, (round) -> round.usage().logBytes()).median(),
					all.stream().mapToDouble(SourceRound::lag).max().orElse(0),
					all.stream().filter((round) -> round.lag() <= LONGEST_LAG).count() + "/" + all.size()));
		}

	}

}
