package io.bemi.dashboard.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.bemi.query.Json;
import org.jspecify.annotations.Nullable;

/**
 * Named texts that somebody has sent. Each method takes one, and refuses what it cannot
 * be; {@link #finish()} refuses what nobody has taken.
 */
public final class Parameters {

	private static final int MOST_VALUES = 50;

	private static final int LONGEST_VALUE = 8_000;

	private static final int FIRST_YEAR = 1;

	private static final int LAST_YEAR = 9999;

	private final Map<String, List<String>> values;

	private final Set<String> taken = new HashSet<>();

	private Parameters(Map<String, List<String>> values) {
		this.values = values;
		int count = values.values().stream().mapToInt(List::size).sum();
		if (count > MOST_VALUES) {
			throw Problem.badRequest("There are " + count + " parameters, but at most " + MOST_VALUES + " may be");
		}
		values.forEach((name, texts) -> texts.forEach((text) -> check(name, text)));
	}

	private static void check(String name, String text) {
		if (text.length() > LONGEST_VALUE || name.length() > LONGEST_VALUE) {
			throw Problem.badRequest("A parameter is longer than " + LONGEST_VALUE + " characters");
		}
		if (text.indexOf('\0') >= 0 || name.indexOf('\0') >= 0) {
			throw Problem.badRequest("Parameter '" + name.replace('\0', ' ')
					+ "' holds the character U+0000, which no text in the database has");
		}
	}

	/**
	 * Those of a request.
	 * @param values as the Servlet API has them
	 */
	public static Parameters of(Map<String, String[]> values) {
		Map<String, List<String>> lists = new LinkedHashMap<>();
		values.forEach((name, texts) -> lists.put(name, List.of(texts)));
		return new Parameters(lists);
	}

	/**
	 * Those in a JSON object, where each is a text, a number, a boolean, or a list of
	 * these.
	 * @param object the object
	 */
	public static Parameters ofJson(Map<?, ?> object) {
		Map<String, List<String>> lists = new LinkedHashMap<>();
		object.forEach((key, value) -> {
			List<String> texts = new ArrayList<>();
			for (Object one : (value instanceof List<?> list) ? list : Arrays.asList(value)) {
				if (one == null || one instanceof Map || one instanceof List) {
					throw Problem.badRequest("Filter '" + key + "' must be a text, a number, or a list of these");
				}
				texts.add((one instanceof java.math.BigDecimal number) ? number.toPlainString() : one.toString());
			}
			lists.put(String.valueOf(key), texts);
		});
		return new Parameters(lists);
	}

	/**
	 * What there is, for the record.
	 */
	public Map<String, List<String>> all() {
		return this.values;
	}

	/**
	 * Whether there is no parameter at all.
	 */
	public boolean isEmpty() {
		return this.values.isEmpty();
	}

	/**
	 * All values of a name.
	 * @param name the name
	 */
	public List<String> all(String name) {
		this.taken.add(name);
		return this.values.getOrDefault(name, List.of());
	}

	/**
	 * Names that begin in some way, without that beginning, and their values.
	 * @param prefix the beginning
	 */
	public Map<String, List<String>> startingWith(String prefix) {
		Map<String, List<String>> found = new LinkedHashMap<>();
		this.values.forEach((name, texts) -> {
			if (name.startsWith(prefix)) {
				this.taken.add(name);
				found.put(name.substring(prefix.length()), texts);
			}
		});
		return found;
	}

	/**
	 * The one value of a name; {@code null} when there is none.
	 * @param name the name
	 */
	public @Nullable String one(String name) {
		List<String> texts = all(name);
		if (texts.size() > 1) {
			throw Problem.badRequest("Parameter '" + name + "' must be given once, but is " + texts.size() + " times");
		}
		return (texts.isEmpty() || texts.get(0).isEmpty()) ? null : texts.get(0);
	}

	/**
	 * The one value that a name must have.
	 * @param name the name
	 */
	public String required(String name) {
		String text = one(name);
		if (text == null) {
			throw Problem.badRequest("Parameter '" + name + "' is missing");
		}
		return text;
	}

	/**
	 * A moment; {@code null} when it is not given.
	 * @param name the name
	 */
	public @Nullable Instant instant(String name) {
		String text = one(name);
		return (text != null) ? instant(name, text) : null;
	}

	/**
	 * A moment that must be given.
	 * @param name the name
	 */
	public Instant requiredInstant(String name) {
		return instant(name, required(name));
	}

	/**
	 * Reads a moment.
	 * @param name what it is called, for messages
	 * @param text the text
	 */
	public static Instant instant(String name, String text) {
		try {
			OffsetDateTime time = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT));
			if (time.getYear() >= FIRST_YEAR && time.getYear() <= LAST_YEAR) {
				return time.toInstant();
			}
		}
		catch (DateTimeException ex) {
			// As below.
		}
		throw wrong(name, "a moment such as 2026-01-31T12:00:00Z", text);
	}

	/**
	 * A whole number.
	 * @param name the name
	 * @param otherwise what it is when it is not given
	 * @param most as much as it may be
	 */
	public int number(String name, int otherwise, int most) {
		String text = one(name);
		if (text == null) {
			return otherwise;
		}
		if (text.matches("\\d{1,9}")) {
			int number = Integer.parseInt(text);
			if (number >= 1 && number <= most) {
				return number;
			}
		}
		throw wrong(name, "a number from 1 to " + most, text);
	}

	/**
	 * One of several constants.
	 * @param <E> their type
	 * @param name the name
	 * @param type their type
	 * @param otherwise what it is when it is not given
	 */
	public <E extends Enum<E>> E constant(String name, Class<E> type, E otherwise) {
		String text = one(name);
		return (text != null) ? constant(name, type, text) : otherwise;
	}

	/**
	 * Reads one of several constants.
	 * @param <E> their type
	 * @param name what it is called, for messages
	 * @param type their type
	 * @param text the text
	 */
	public static <E extends Enum<E>> E constant(String name, Class<E> type, String text) {
		for (E constant : type.getEnumConstants()) {
			if (constant.name().equals(text)) {
				return constant;
			}
		}
		throw wrong(name, "one of " + Arrays.toString(type.getEnumConstants()), text);
	}

	/**
	 * Reads a value in JSON.
	 * @param name what it is called, for messages
	 * @param text the text
	 */
	public static @Nullable Object json(String name, String text) {
		try {
			return Json.parse(text);
		}
		catch (IllegalArgumentException ex) {
			throw Problem.badRequest("Parameter '" + name + "' is not JSON: " + ex.getMessage());
		}
	}

	/**
	 * An object in JSON; empty when it is not given.
	 * @param name the name
	 */
	@SuppressWarnings("unchecked")
	public Map<String, @Nullable Object> object(String name) {
		String text = one(name);
		if (text == null) {
			return Map.of();
		}
		if (json(name, text) instanceof Map<?, ?> object) {
			return (Map<String, @Nullable Object>) object;
		}
		throw wrong(name, "a JSON object such as {\"id\": 1}", text);
	}

	/**
	 * That a value is none of those that it may be.
	 * @param name what it is called
	 * @param expected what it may be
	 * @param text what it is
	 */
	public static Problem wrong(String name, String expected, String text) {
		String shown = (text.length() > 100) ? text.substring(0, 100) + "..." : text;
		return Problem.badRequest("Parameter '" + name + "' must be " + expected + ", but is '" + shown + "'");
	}

	/**
	 * Refuses what has not been taken.
	 */
	public void finish() {
		for (String name : this.values.keySet()) {
			if (!this.taken.contains(name)) {
				throw Problem.badRequest("There is no parameter '" + name + "' here; there are "
						+ this.taken.stream().sorted().toList());
			}
		}
	}

}
