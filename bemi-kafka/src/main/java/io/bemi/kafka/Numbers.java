package io.bemi.kafka;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * Writes numbers as the server does with {@code extra_float_digits = 1}.
 */
final class Numbers {

	/** Above a power of two there is more room than below. */
	private static final RoundingMode[] ROUNDING = { RoundingMode.HALF_EVEN, RoundingMode.UP };

	private static final Pattern NUMBER = Pattern.compile("-?\\d[\\d.]*(?:E-?\\d+)?");

	private static final int SMALLEST_EXPONENT = -4;

	private Numbers() {
	}

	static String numeric(String text) {
		return switch (text) {
			case "NAN" -> "NaN";
			case "POSITIVE_INFINITY" -> "Infinity";
			case "NEGATIVE_INFINITY" -> "-Infinity";
			default -> new BigDecimal(text).toPlainString();
		};
	}

	static String float8(String text) {
		double value = Double.parseDouble(text);
		return write(value, (Math.abs(value) < Double.MIN_NORMAL) ? 1 : 15, 15, BigDecimal::doubleValue);
	}

	static String float4(String text) {
		float value = Float.parseFloat(text);
		return write(value, (Math.abs(value) < Float.MIN_NORMAL) ? 1 : 6, 6, BigDecimal::floatValue);
	}

	/**
	 * The same text with its numbers as the server writes them.
	 */
	static String inText(String text) {
		return NUMBER.matcher(text).replaceAll((number) -> float8(number.group()));
	}

	/**
	 * Finds the fewest digits that are this number and no other.
	 * @param fewest so many are looked at first
	 * @param largestExponent from which on there is an exponent
	 * @param type what the type makes of digits
	 */
	private static String write(double value, int fewest, int largestExponent, ToDoubleFunction<BigDecimal> type) {
		if (Double.isNaN(value) || Double.isInfinite(value)) {
			return String.valueOf(value);
		}
		if (value == 0) {
			return (1 / value < 0) ? "-0" : "0";
		}
		BigDecimal exact = new BigDecimal(value);
		for (int digits = fewest;; digits++) {
			for (RoundingMode mode : ROUNDING) {
				BigDecimal rounded = exact.round(new MathContext(digits, mode));
				if (type.applyAsDouble(rounded) == value) {
					return format(rounded.stripTrailingZeros(), largestExponent);
				}
			}
		}
	}

	private static String format(BigDecimal number, int largestExponent) {
		int exponent = number.precision() - number.scale() - 1;
		if (exponent >= SMALLEST_EXPONENT && exponent < largestExponent) {
			return number.toPlainString();
		}
		String digits = number.unscaledValue().abs().toString();
		return (number.signum() < 0 ? "-" : "") + digits.charAt(0)
				+ ((digits.length() > 1) ? "." + digits.substring(1) : "")
				+ "e%c%02d".formatted((exponent < 0) ? '-' : '+', Math.abs(exponent));
	}

}
