package io.bemi.query;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

import io.bemi.pgoutput.JsonText;

/**
 * Keys as the store writes them: the text of a single column as the server prints it, a
 * JSON array for several.
 */
public final class KeyText {

	private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendPattern("HH:mm:ss")
		.appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
		.toFormatter(java.util.Locale.ROOT);

	private KeyText() {
	}

	/**
	 * Writes a key.
	 * @param values the value of each column of the key, in the order of the table
	 * @return the text
	 */
	public static String of(List<?> values) {
		return (values.size() == 1) ? single(values.get(0))
				: values.stream().map(KeyText::json).collect(Collectors.joining(", ", "[", "]"));
	}

	private static String single(Object value) {
		if (value instanceof Boolean bool) {
			return bool ? "t" : "f";
		}
		if (value instanceof LocalDateTime time) {
			return time.toLocalDate() + " " + TIME.format(time);
		}
		OffsetDateTime moment = moment(value);
		return (moment != null) ? single(moment.toLocalDateTime()) + "+00" : text(value);
	}

	private static String json(Object value) {
		if (value instanceof Boolean || value instanceof Number) {
			return text(value);
		}
		StringBuilder json = new StringBuilder();
		OffsetDateTime moment = moment(value);
		if (moment != null) {
			JsonText.append(json, single(moment.toLocalDateTime()).replace(' ', 'T') + "+00:00");
		}
		else if (value instanceof LocalDateTime time) {
			JsonText.append(json, single(time).replace(' ', 'T'));
		}
		else {
			JsonText.append(json, text(value));
		}
		return json.toString();
	}

	private static @org.jspecify.annotations.Nullable OffsetDateTime moment(Object value) {
		if (value instanceof Instant instant) {
			return instant.atOffset(ZoneOffset.UTC);
		}
		if (value instanceof ZonedDateTime zoned) {
			return zoned.toInstant().atOffset(ZoneOffset.UTC);
		}
		return (value instanceof OffsetDateTime offset) ? offset.withOffsetSameInstant(ZoneOffset.UTC) : null;
	}

	private static String text(Object value) {
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (value instanceof java.math.BigDecimal number) {
			return number.toPlainString();
		}
		return (value instanceof byte[] bytes) ? "\\x" + HexFormat.of().formatHex(bytes) : value.toString();
	}

}
