package io.bemi.change;

/**
 * A position in the write-ahead log (LSN): an unsigned 64-bit byte offset, compared
 * unsigned and printed as {@code X/X}. See
 * <a href="https://www.postgresql.org/docs/current/datatype-pg-lsn.html">pg_lsn</a>.
 *
 * @param value the byte offset, to be read as unsigned
 */
public record Position(long value) implements Comparable<Position> {

	/**
	 * The position that PostgreSQL calls invalid: before every record.
	 */
	public static final Position ZERO = new Position(0);

	/**
	 * Reads the text form of a {@code pg_lsn}.
	 * @param text two hexadecimal numbers of one to eight digits, separated by a slash
	 * @return the position
	 * @throws IllegalArgumentException when the text has any other form
	 */
	public static Position parse(String text) {
		int slash = text.indexOf('/');
		if (!isHexadecimal(text, 0, slash) || !isHexadecimal(text, slash + 1, text.length())) {
			throw new IllegalArgumentException("'text' must have the form X/X (hexadecimal), but is '" + text + "'");
		}
		long high = Long.parseLong(text, 0, slash, 16);
		long low = Long.parseLong(text, slash + 1, text.length(), 16);
		return new Position((high << 32) | low);
	}

	private static boolean isHexadecimal(String text, int from, int to) {
		if (to - from < 1 || to - from > 8) {
			return false;
		}
		for (int i = from; i < to; i++) {
			if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether this position lies strictly after the other.
	 * @param other the position to compare with
	 * @return {@code true} when this one is greater, unsigned
	 */
	public boolean isAfter(Position other) {
		return compareTo(other) > 0;
	}

	/**
	 * The position right behind this one.
	 */
	public Position next() {
		return new Position(this.value + 1);
	}

	/**
	 * The position right before this one.
	 */
	public Position previous() {
		return new Position(this.value - 1);
	}

	@Override
	public int compareTo(Position other) {
		return Long.compareUnsigned(this.value, other.value);
	}

	@Override
	public String toString() {
		return Long.toHexString(this.value >>> 32).toUpperCase(java.util.Locale.ROOT) + "/"
				+ Long.toHexString(this.value & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
	}

}
