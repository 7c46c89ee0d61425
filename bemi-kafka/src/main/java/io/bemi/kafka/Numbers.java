package io.bemi.kafka;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Writes numbers as the server does, but for exponents: they are the same in JSON.
 */
final class Numbers {

	/** Above a power of two there is more room than below. */
	private static final RoundingMode[] ROUNDING = { RoundingMode.HALF_EVEN, RoundingMode.UP };

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

	/**
	 * The fewest digits that are this number and no other.
	 */
	static String float8(String text) {
		double value = Double.parseDouble(text);
		if (Double.isNaN(value) || Double.isInfinite(value)) {
			return String.valueOf(value);
		}
		if (value == 0) {
			return (1 / value < 0) ? "-0" : "0";
		}
		BigDecimal exact = new BigDecimal(value);
		for (int digits = (Math.abs(value) < Double.MIN_NORMAL) ? 1 : 15;; digits++) {
			for (RoundingMode mode : ROUNDING) {
				BigDecimal rounded = exact.round(new MathContext(digits, mode));
				if (rounded.doubleValue() == value) {
					return rounded.stripTrailingZeros().toPlainString();
				}
			}
		}
	}

	static String float4(String text) {
		float value = Float.parseFloat(text);
		if (Float.isNaN(value) || Float.isInfinite(value)) {
			return String.valueOf(value);
		}
		if (value == 0) {
			return (1 / value < 0) ? "-0" : "0";
		}
		BigDecimal exact = new BigDecimal(value);
		for (int digits = (Math.abs(value) < Float.MIN_NORMAL) ? 1 : 6;; digits++) {
			for (RoundingMode mode : ROUNDING) {
				BigDecimal rounded = exact.round(new MathContext(digits, mode));
				if (rounded.floatValue() == value) {
					return rounded.stripTrailingZeros().toPlainString();
				}
			}
		}
	}

}
