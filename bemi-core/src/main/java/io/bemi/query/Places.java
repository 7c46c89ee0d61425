package io.bemi.query;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.bemi.change.Position;
import io.bemi.query.Condition.About;
import org.jspecify.annotations.Nullable;

/**
 * Where in the history a time is. Positions and times have nearly the same order: how far
 * they differ at most is known of each source, and as exact as what it is used for.
 */
final class Places {

	/**
	 * Before the time of the first transaction that comes so much later than the moment
	 * that none after it can be before the moment.
	 */
	private static final String END = """
			SELECT CASE WHEN bool_and(s.setback IS NOT NULL)
			            THEN max(coalesce(x.position, s.position, 'FFFFFFFF/FFFFFFFF'))::text END
			  FROM %1$s.source s
			  LEFT JOIN LATERAL (
			       SELECT x.position FROM %1$s.context x
			        WHERE x.source = s.id AND x.committed_at >= ?::timestamptz + s.setback * interval '1 microsecond'
			        ORDER BY x.committed_at, x.position LIMIT 1) x ON true
			""";

	/**
	 * After that of the last one that comes so much earlier that none before it can be
	 * after the moment.
	 */
	private static final String BEGINNING = """
			SELECT CASE WHEN bool_and(s.setback IS NOT NULL) THEN min(coalesce(x.position, '0/0'))::text END
			  FROM %1$s.source s
			  LEFT JOIN LATERAL (
			       SELECT x.position FROM %1$s.context x
			        WHERE x.source = s.id AND x.committed_at < ?::timestamptz - s.setback * interval '1 microsecond'
			        ORDER BY x.committed_at DESC, x.position DESC LIMIT 1) x ON true
			""";

	private static final String RANGE = """
			SELECT min(a.committed_at), max(z.committed_at)
			  FROM %1$s.source s
			 CROSS JOIN LATERAL (SELECT x.committed_at FROM %1$s.context x WHERE x.source = s.id
			                      ORDER BY x.committed_at LIMIT 1) a
			 CROSS JOIN LATERAL (SELECT x.committed_at FROM %1$s.context x WHERE x.source = s.id
			                      ORDER BY x.committed_at DESC LIMIT 1) z
			HAVING bool_and(s.setback IS NOT NULL)
			""";

	private static final Position LAST = new Position(-1);

	private final Statements statements;

	private final String schema;

	Places(Statements statements, String schema) {
		this.statements = statements;
		this.schema = schema;
	}

	/**
	 * Asks for positions instead of times, as far as that is possible: in the order of
	 * positions an index leads to them.
	 */
	List<Condition> of(List<Condition> conditions) {
		OffsetDateTime since = moments(conditions, About.SINCE).max(OffsetDateTime::compareTo).orElse(null);
		OffsetDateTime until = moments(conditions, About.UNTIL).min(OffsetDateTime::compareTo).orElse(null);
		Position beginning = (since != null) ? beginning(since) : Position.ZERO;
		Position end = (until != null) ? end(until) : LAST;
		if ((since == null && until == null) || beginning == null || end == null) {
			return conditions;
		}
		List<Condition> places = new ArrayList<>(conditions.stream()
			.filter((condition) -> condition.about() != About.SINCE && condition.about() != About.UNTIL)
			.toList());
		if (since != null) {
			// Which partitions there are to read.
			places.add(Conditions.since(Window.month(since).toInstant()));
			places.add(Conditions.position(">=", beginning));
		}
		if (until != null) {
			places.add(Conditions.until(Window.month(until).plusMonths(1).toInstant()));
			places.add(Conditions.position("<=", end));
		}
		places.add(Conditions.within((since != null) ? since : Conditions.EARLIEST,
				(until != null) ? until : Conditions.LATEST));
		return places;
	}

	private static Stream<OffsetDateTime> moments(List<Condition> conditions, About about) {
		return conditions.stream()
			.filter((condition) -> condition.about() == about)
			.map((condition) -> (OffsetDateTime) condition.parameters().get(0));
	}

	/**
	 * A position that no change has passed which was committed before a moment.
	 * @return the position; {@code null} when it is not known
	 */
	@Nullable Position end(OffsetDateTime moment) {
		return position(END, moment);
	}

	/**
	 * A position that every change has reached which was committed at a moment or later.
	 * @return the position; {@code null} when it is not known
	 */
	@Nullable Position beginning(OffsetDateTime moment) {
		return position(BEGINNING, moment);
	}

	private @Nullable Position position(String sql, OffsetDateTime moment) {
		List<String> found = this.statements.query(new Sql(sql.formatted(this.schema), List.of(moment)),
				(row, number) -> String.valueOf(row.getString(1)));
		return (found.isEmpty() || found.get(0).equals("null")) ? null : Position.parse(found.get(0));
	}

	/**
	 * The times of the first and of the last transaction.
	 * @return both; {@code null} when there is none, or places of times are not known
	 */
	@Nullable Range range() {
		return this.statements
			.query(new Sql(RANGE.formatted(this.schema), List.of()),
					(row, number) -> new Range(row.getObject(1, OffsetDateTime.class),
							row.getObject(2, OffsetDateTime.class)))
			.stream()
			.findFirst()
			.orElse(null);
	}

	/**
	 * From when to when.
	 *
	 * @param first the first moment
	 * @param last the last one
	 */
	record Range(OffsetDateTime first, OffsetDateTime last) {
	}

}
