package io.bemi.timetravel;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import io.bemi.change.Position;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;
import org.springframework.util.Assert;

/**
 * A moment in the history of a database: which transactions had happened.
 */
public final class Moment {

	/** Of the times that Java and the server write alike. */
	private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

	private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

	private static final String BEFORE_ALL = "-infinity";

	private static final String AFTER_ALL = "infinity";

	private final String kind;

	private final String value;

	private Moment(String kind, String value) {
		this.kind = kind;
		this.value = value;
	}

	/**
	 * When all transactions had committed that committed at a time or before.
	 * @param time by the clock of the source; microseconds count
	 * @return the moment
	 */
	public static Moment of(Instant time) {
		Assert.notNull(time, "'time' must not be null");
		if (time.isBefore(FIRST)) {
			return new Moment("time", BEFORE_ALL);
		}
		return new Moment("time", time.isAfter(LAST) ? AFTER_ALL : time.truncatedTo(ChronoUnit.MICROS).toString());
	}

	/**
	 * When a transaction had just committed.
	 * @param transactionId its id with epoch, as {@code pg_current_xact_id()} gives it
	 * @return the moment
	 */
	public static Moment ofTransaction(long transactionId) {
		return new Moment("transaction", Long.toString(transactionId));
	}

	/**
	 * When all transactions had committed whose commit is at a position or before.
	 * @param position the position, as {@code Change.position()} gives it
	 * @return the moment
	 */
	public static Moment of(Position position) {
		Assert.notNull(position, "'position' must not be null");
		return new Moment("position", position.toString());
	}

	/**
	 * Asks for the changes after this moment.
	 * @param changes the recorded changes
	 * @return the question, to be narrowed
	 * @throws TimeTravelException when this is a transaction that is not recorded
	 */
	public ChangeQuery after(Changes changes) {
		Assert.notNull(changes, "'changes' must not be null");
		return switch (this.kind) {
			case "time" -> afterTime(changes.query());
			case "position" -> changes.query().fromPosition(Position.parse(this.value).next());
			default -> changes.query()
				.fromPosition(changes.query()
					.transaction(Long.parseLong(this.value))
					.first()
					.orElseThrow(() -> new TimeTravelException("Transaction " + this.value + " is not recorded"))
					.position()
					.next());
		};
	}

	private ChangeQuery afterTime(ChangeQuery query) {
		return switch (this.value) {
			case BEFORE_ALL -> query;
			case AFTER_ALL -> query.since(Instant.MAX);
			default -> query.since(Instant.parse(this.value).plus(1, ChronoUnit.MICROS));
		};
	}

	String kind() {
		return this.kind;
	}

	String value() {
		return this.value;
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Moment that && this.kind.equals(that.kind) && this.value.equals(that.value);
	}

	@Override
	public int hashCode() {
		return this.value.hashCode();
	}

	@Override
	public String toString() {
		return this.kind.equals("time") ? this.value : this.kind + " " + this.value;
	}

}
