package io.bemi.kafka;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes times as the server does with {@code DateStyle = 'ISO'} and
 * {@code IntervalStyle = 'postgres'}.
 */
final class Times {

	private static final long MICROS = 1_000_000;

	private static final long DAY = 86_400 * MICROS;

	/**
	 * The connector counts the days to PostgreSQL's infinities, and takes 32 bits; since
	 * Debezium 3.7 one of them is a day behind PostgreSQL's last.
	 */
	private static final long INFINITE_DAY = -2_147_472_692;

	private static final long LAST_DAY = LocalDate.of(5_874_897, 12, 31).toEpochDay();

	private static final long NEGATIVE_INFINITE_DAY = -2_147_472_691;

	private static final long INFINITE = 9_223_372_036_825_200_000L;

	private static final long NEGATIVE_INFINITE = -9_223_372_036_832_400_000L;

	/** In the year 4714 BC, where PostgreSQL's times begin. */
	private static final long FIRST_DAY = LocalDate.of(-4713, 11, 24).toEpochDay();

	private static final int LAST_YEAR_IN_MICROS = 294_246;

	private static final Pattern INTERVAL = Pattern.compile(
			"P(?:(-?\\d+)Y)?(?:(-?\\d+)M)?(?:(-?\\d+)D)?(?:T(?:(-?\\d+)H)?(?:(-?\\d+)M)?(?:(-?\\d+(?:\\.\\d+)?(?:E-?\\d+)?)S)?)?");

	private Times() {
	}

	static String date(long days) {
		if (days == NEGATIVE_INFINITE_DAY) {
			return "-infinity";
		}
		if (days == INFINITE_DAY || days > LAST_DAY) {
			return "infinity";
		}
		check(days >= FIRST_DAY);
		LocalDate date = LocalDate.ofEpochDay(days);
		return day(date) + era(date);
	}

	static String time(long micros) {
		check(micros >= 0 && micros <= DAY);
		return clock(micros / (3_600 * MICROS), micros);
	}

	static String timestamp(long micros) {
		if (micros == INFINITE || micros == Long.MAX_VALUE) {
			return "infinity";
		}
		if (micros == NEGATIVE_INFINITE || micros == Long.MIN_VALUE) {
			return "-infinity";
		}
		LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(micros, DAY));
		check(date.toEpochDay() >= FIRST_DAY && date.getYear() <= LAST_YEAR_IN_MICROS);
		return day(date) + " " + time(Math.floorMod(micros, DAY)) + era(date);
	}

	/**
	 * A time in UTC, in ISO format.
	 */
	static String timestamptz(String text) {
		if (text.endsWith("infinity")) {
			return text;
		}
		LocalDateTime time = LocalDateTime.ofInstant(Instant.parse(text), ZoneOffset.UTC);
		check(time.toLocalDate().toEpochDay() >= FIRST_DAY);
		return day(time.toLocalDate()) + " " + time(time.toLocalTime().toNanoOfDay() / 1_000) + "+00"
				+ era(time.toLocalDate());
	}

	private static String day(LocalDate date) {
		int year = (date.getYear() > 0) ? date.getYear() : 1 - date.getYear();
		return "%04d-%02d-%02d".formatted(year, date.getMonthValue(), date.getDayOfMonth());
	}

	private static String era(LocalDate date) {
		return (date.getYear() > 0) ? "" : " BC";
	}

	private static String clock(long hours, long micros) {
		long minutes = micros / (60 * MICROS) % 60;
		long seconds = micros / MICROS % 60;
		String text = "%02d:%02d:%02d".formatted(hours, minutes, seconds);
		long fraction = micros % MICROS;
		return (fraction == 0) ? text : text + ".%06d".formatted(fraction).replaceFirst("0+$", "");
	}

	/**
	 * An interval in ISO format, whose parts have signs of their own.
	 */
	static String interval(String text) {
		Matcher parts = INTERVAL.matcher(text);
		check(parts.matches());
		StringBuilder result = new StringBuilder();
		boolean negative = append(result, part(parts, 1), "year", false);
		negative = append(result, part(parts, 2), "mon", negative);
		negative = append(result, part(parts, 3), "day", negative);
		// The connector has counted in binary fractions of a second.
		long micros = new BigDecimal((parts.group(6) != null) ? parts.group(6) : "0").movePointRight(6)
			.setScale(0, RoundingMode.HALF_EVEN)
			.longValueExact();
		micros += (part(parts, 4) * 3_600 + part(parts, 5) * 60) * MICROS;
		if (micros != 0 || result.isEmpty()) {
			result.append(result.isEmpty() ? "" : " ").append((micros < 0) ? "-" : negative ? "+" : "");
			long absolute = Math.abs(micros);
			result.append(clock(absolute / (3_600 * MICROS), absolute));
		}
		return result.toString();
	}

	private static long part(Matcher parts, int group) {
		return (parts.group(group) != null) ? Long.parseLong(parts.group(group)) : 0;
	}

	/**
	 * A positive part behind a negative one has a sign.
	 * @return whether the last part is negative
	 */
	private static boolean append(StringBuilder result, long value, String unit, boolean negative) {
		if (value == 0) {
			return negative;
		}
		result.append(result.isEmpty() ? "" : " ")
			.append((negative && value > 0) ? "+" : "")
			.append(value)
			.append(' ')
			.append(unit)
			.append((value != 1) ? "s" : "");
		return value < 0;
	}

	private static void check(boolean expected) {
		if (!expected) {
			throw new IllegalArgumentException("The connector cannot carry this time");
		}
	}

}
