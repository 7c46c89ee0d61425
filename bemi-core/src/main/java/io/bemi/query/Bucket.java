package io.bemi.query;

import java.util.Locale;

/**
 * Spans of time over which changes are counted.
 */
public enum Bucket {

	/** A minute. */
	MINUTE,

	/** An hour. */
	HOUR,

	/** A day. */
	DAY,

	/** A week, from Monday on. */
	WEEK,

	/** A month. */
	MONTH,

	/** A year. */
	YEAR;

	String unit() {
		return name().toLowerCase(Locale.ROOT);
	}

}
