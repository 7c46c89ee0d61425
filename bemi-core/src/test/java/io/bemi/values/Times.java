package io.bemi.values;

import java.util.List;
import java.util.Random;

/**
 * Random dates, times and intervals, as text that every {@code DateStyle} reads alike.
 */
final class Times {

	private Times() {
	}

	static String date(Random random) {
		return switch (random.nextInt(12)) {
			case 0 -> "infinity";
			case 1 -> "-infinity";
			case 2 -> Texts.pick(random, List.of("4714-11-24 BC", "5874897-12-31", "0001-01-01", "0001-12-31 BC",
					"10000-01-01", "2000-02-29"));
			default -> day(random, 5_874_897);
		};
	}

	static String timestamp(Random random) {
		return timestamp(random, "");
	}

	static String timestamptz(Random random) {
		String zone = Texts.pick(random, List.of("", "+00", "-08", "+05:45", "+15:59:59", "-15:59:59"));
		return timestamp(random, zone);
	}

	private static String timestamp(Random random, String zone) {
		return switch (random.nextInt(12)) {
			case 0 -> "infinity";
			case 1 -> "-infinity";
			case 2 -> Texts.pick(random, List.of("4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00",
					"1970-01-01 00:00:00+00", "1900-01-01 12:00:00+00", "0001-01-01 00:00:00+00"));
			default -> {
				String day = day(random, 294_275);
				boolean before = day.endsWith(" BC");
				yield (before ? day.substring(0, day.length() - 3) : day) + ' ' + clock(random) + zone
						+ (before ? " BC" : "");
			}
		};
	}

	private static String day(Random random, int lastYear) {
		String monthAndDay = "-%02d-%02d".formatted(1 + random.nextInt(12), 1 + random.nextInt(28));
		return switch (random.nextInt(8)) {
			case 0 -> "%04d".formatted(1 + random.nextInt(4_712)) + monthAndDay + " BC";
			case 1 -> "%04d".formatted(1 + random.nextInt(lastYear)) + monthAndDay;
			default -> "%04d".formatted(1 + random.nextInt(2_500)) + monthAndDay;
		};
	}

	static String time(Random random) {
		return (random.nextInt(10) == 0) ? "24:00:00" : clock(random);
	}

	static String timetz(Random random) {
		return time(random) + Texts.pick(random, List.of("+00", "-08", "+05:45", "+15:59:59", "-15:59:59"));
	}

	private static String clock(Random random) {
		String clock = "%02d:%02d:%02d".formatted(random.nextInt(24), random.nextInt(60), random.nextInt(60));
		return switch (random.nextInt(3)) {
			case 0 -> clock;
			case 1 -> clock + "." + random.nextInt(10);
			default -> clock + ".%06d".formatted(random.nextInt(1_000_000));
		};
	}

	static String interval(Random random, int version) {
		return switch (random.nextInt(10)) {
			case 0 -> Texts.pick(random, List.of("0", "178000000 years", "-178000000 years", "2147483647 days",
					"-2147483648 days", "-1 months +1 days", "596523 hours"));
			case 1 -> (version < 17) ? "1 day" : Texts.pick(random, List.of("infinity", "-infinity"));
			default -> "%d months %d days %d seconds %d microseconds".formatted(part(random, 10_000),
					part(random, 100_000), part(random, 1_000_000_000), part(random, 1_000_000));
		};
	}

	private static int part(Random random, int limit) {
		return random.nextBoolean() ? 0 : random.nextInt(2 * limit) - limit;
	}

}
