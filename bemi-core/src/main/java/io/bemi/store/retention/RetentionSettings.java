package io.bemi.store.retention;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.ingestion.TablePattern;
import io.bemi.store.StoreSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How long the history is kept.
 *
 * @param keep for how long; {@code null} for ever
 * @param tables tables that are kept for a shorter time; the first that names a table
 * counts
 * @param archiveDirectory where months are archived before they are dropped; {@code null}
 * for nowhere
 * @param owner the role that drops; {@code null} for the one that stores
 */
public record RetentionSettings(@Nullable Period keep, List<TableRetention> tables, @Nullable Path archiveDirectory,
		@Nullable StoreOwner owner) {

	/**
	 * Everything is kept for ever.
	 */
	public static final RetentionSettings FOREVER = new RetentionSettings(null, List.of(), null);

	private static final Pattern WORDS = Pattern.compile("(\\d{1,5})\\s*(d|days?|w|weeks?|m|months?|y|years?)");

	/** Any day will do to compare periods. */
	private static final LocalDate SOME_DAY = LocalDate.of(2000, 3, 1);

	public RetentionSettings {
		tables = List.copyOf(tables);
		if (keep != null) {
			check(keep);
			for (TableRetention table : tables) {
				Assert.isTrue(days(table.keep()) <= days(keep),
						() -> "'tables' can be kept for a shorter time than the rest only, because whole months"
								+ " are dropped: " + table.tables().text() + " for " + table.keep());
			}
		}
	}

	/**
	 * The same, by the role that stores.
	 * @param keep for how long; {@code null} for ever
	 * @param tables tables that are kept for a shorter time
	 * @param archiveDirectory where months are archived; {@code null} for nowhere
	 */
	public RetentionSettings(@Nullable Period keep, List<TableRetention> tables, @Nullable Path archiveDirectory) {
		this(keep, tables, archiveDirectory, null);
	}

	/**
	 * The store, as who drops connects to it.
	 */
	StoreSettings store(StoreSettings store) {
		StoreOwner role = this.owner;
		return (role == null) ? store : new StoreSettings(store.url(), role.username(), role.password(), store.schema(),
				store.tamperEvidence());
	}

	private static void check(Period keep) {
		Assert.isTrue(days(keep) > 0, "'keep' must be at least a day");
	}

	private static long days(Period period) {
		return SOME_DAY.plus(period).toEpochDay() - SOME_DAY.toEpochDay();
	}

	/**
	 * Reads a period.
	 * @param text such as {@code 24 months}, {@code 730d} or {@code P2Y}
	 * @return the period
	 */
	public static Period period(String text) {
		Matcher words = WORDS.matcher(text.strip().toLowerCase(Locale.ROOT));
		if (words.matches()) {
			int amount = Integer.parseInt(words.group(1));
			return switch (words.group(2).charAt(0)) {
				case 'd' -> Period.ofDays(amount);
				case 'w' -> Period.ofWeeks(amount);
				case 'm' -> Period.ofMonths(amount);
				default -> Period.ofYears(amount);
			};
		}
		try {
			return Period.parse(text.strip());
		}
		catch (java.time.format.DateTimeParseException ex) {
			throw new IllegalArgumentException(
					"'" + text + "' must be a time such as '24 months', '730d', '2 years' or 'P2Y'", ex);
		}
	}

	/**
	 * What is older than a period.
	 * @return the time before which it is
	 */
	static Instant before(Instant now, Period period) {
		return now.atOffset(ZoneOffset.UTC).minus(period).toInstant();
	}

	/**
	 * How long changes of some tables are kept.
	 *
	 * @param tables the tables
	 * @param keep for how long
	 */
	public record TableRetention(TablePattern tables, Period keep) {

		public TableRetention {
			check(keep);
		}

	}

	/**
	 * The role that owns the store, where another one stores.
	 *
	 * @param username its name
	 * @param password its password; {@code null} for none
	 */
	public record StoreOwner(String username, @Nullable String password) {

		public StoreOwner {
			Assert.hasText(username, "'username' must not be empty");
		}

		@Override
		public String toString() {
			return "StoreOwner[username=" + this.username + "]";
		}

	}

}
