package io.bemi.query;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.change.Change;
import io.bemi.change.Position;

/**
 * The place of a change in an order.
 *
 * @param order the order
 * @param position the position of the commit
 * @param ordinal the number within the transaction
 * @param source the store's number of the source
 */
record Cursor(Order order, Position position, long ordinal, int source) {

	private static final Pattern TEXT = Pattern.compile("([NO])(\\d{1,9}) ([0-9A-F]{1,8}/[0-9A-F]{1,8}) (\\d{1,18})");

	static Cursor of(Change change, Order order) {
		int source = Integer.parseInt(change.id().substring(0, change.id().indexOf('-')));
		return new Cursor(order, change.position(), change.ordinal(), source);
	}

	/**
	 * Reads what {@link #toString()} has written.
	 * @throws IllegalArgumentException when it is something else
	 */
	static Cursor parse(String text) {
		Matcher matcher = TEXT.matcher(decode(text));
		if (!matcher.matches()) {
			throw invalid(text);
		}
		return new Cursor("N".equals(matcher.group(1)) ? Order.NEWEST_FIRST : Order.OLDEST_FIRST,
				Position.parse(matcher.group(3)), Long.parseLong(matcher.group(4)), Integer.parseInt(matcher.group(2)));
	}

	private static String decode(String text) {
		try {
			return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(text);
		}
	}

	private static IllegalArgumentException invalid(String text) {
		return new IllegalArgumentException("'cursor' must be one that a page has given, but is '" + text + "'");
	}

	@Override
	public String toString() {
		String text = ((this.order == Order.NEWEST_FIRST) ? "N" : "O") + this.source + " " + this.position + " "
				+ this.ordinal;
		return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
	}

}
