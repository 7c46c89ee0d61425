package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Rounds in which all sides take turns.
 */
final class GroupsRounds {

	private final Map<GroupsSide, List<GroupsDrain>> drains = new EnumMap<>(GroupsSide.class);

	private final GroupsCell cell;

	/** What each walsender may have of a core; 1 for all. */
	private final double share;

	GroupsRounds(GroupsCell cell, double share) {
		this.cell = cell;
		this.share = share;
	}

	void run(int rounds) throws SQLException, IOException, InterruptedException {
		for (int round = 0; round < rounds; round++) {
			for (GroupsSide side : GroupsSide.values()) {
				this.drains.computeIfAbsent(side, (key) -> new ArrayList<>()).add(this.cell.drain(side, this.share));
			}
		}
	}

	double share() {
		return this.share;
	}

	/** Rows per second. */
	Spread rate(GroupsSide side) {
		return Spread.of(figures(side, GroupsDrain::rate));
	}

	/** How many times as fast one side was as another, round by round. */
	Spread ratio(GroupsSide side, GroupsSide base) {
		List<Double> rates = figures(side, GroupsDrain::rate);
		List<Double> bases = figures(base, GroupsDrain::rate);
		return Spread.of(IntStream.range(0, rates.size()).mapToObj((i) -> rates.get(i) / bases.get(i)).toList());
	}

	/** Which part of a core a walsender had. */
	double walsender(GroupsSide side) {
		return Spread.of(figures(side, GroupsDrain::walsender)).median();
	}

	/** In which part of their turns walsenders would have gone on. */
	double cutShort(GroupsSide side) {
		return Spread.of(figures(side, GroupsDrain::cutShort)).median();
	}

	/** How many cores everybody else had. */
	double others(GroupsSide side) {
		return Spread.of(figures(side, GroupsDrain::others)).median();
	}

	private List<Double> figures(GroupsSide side, ToDoubleFunction<GroupsDrain> figure) {
		return this.drains.getOrDefault(side, List.of()).stream().map(figure::applyAsDouble).toList();
	}

}
