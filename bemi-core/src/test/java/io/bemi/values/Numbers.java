package io.bemi.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;

/**
 * Random numbers, as text.
 */
final class Numbers {

	private static final int LARGEST = 131_000;

	private Numbers() {
	}

	/**
	 * An integer of so many bits, two's complement.
	 */
	static String signed(Random random, int bits) {
		BigInteger limit = BigInteger.ONE.shiftLeft(bits - 1);
		return switch (random.nextInt(8)) {
			case 0 -> limit.negate().toString();
			case 1 -> limit.subtract(BigInteger.ONE).toString();
			case 2, 3 -> String.valueOf(random.nextInt(5) - 2);
			default -> new BigInteger(bits, random).subtract(limit).toString();
		};
	}

	static String unsigned(Random random, int bits) {
		return switch (random.nextInt(4)) {
			case 0 -> "0";
			case 1 -> BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE).toString();
			default -> new BigInteger(bits, random).toString();
		};
	}

	static String numeric(Random random) {
		return switch (random.nextInt(12)) {
			case 0 -> Texts.pick(random, List.of("NaN", "Infinity", "-Infinity", "0", "0.000", "-0.00", "1.50", "100",
					"1e1000", "1e-1000", "9e131071", "1e-16383"));
			case 1 -> (random.nextInt(100) == 0) ? digits(random, LARGEST) + '.' + digits(random, 16_000)
					: digits(random, 200) + '.' + digits(random, 300);
			default ->
				new BigDecimal(new BigInteger(1 + random.nextInt(120), random), random.nextInt(30)).toPlainString();
		};
	}

	private static String digits(Random random, int count) {
		StringBuilder digits = new StringBuilder("1");
		random.ints(count - 1L, 0, 10).forEach(digits::append);
		return digits.toString();
	}

	static String float8(Random random) {
		return switch (random.nextInt(6)) {
			case 0 -> special(random);
			case 1 -> Texts.pick(random, List.of("5e-324", "-5e-324", "2.2250738585072009e-308",
					"1.7976931348623157e308", "0.1", "123456789012345678", "1e15", "1e16", "1e-5", "1e-4"));
			case 2 -> String.valueOf(random.nextInt(2_000) - 1_000);
			default -> finite(Double.longBitsToDouble(random.nextLong()));
		};
	}

	static String float4(Random random) {
		return switch (random.nextInt(5)) {
			case 0 -> special(random);
			case 1 -> Texts.pick(random,
					List.of("1e-45", "-1e-45", "1.1754942e-38", "3.4028235e38", "0.1", "16777217", "1e6", "1e-5"));
			default -> finite(Float.intBitsToFloat(random.nextInt()));
		};
	}

	/**
	 * A number that a coordinate may be.
	 */
	static String coordinate(Random random) {
		return (random.nextInt(8) == 0) ? float8(random) : String.valueOf((random.nextInt(4_000) - 2_000) / 8.0);
	}

	private static String special(Random random) {
		return Texts.pick(random, List.of("NaN", "Infinity", "-Infinity", "0", "-0"));
	}

	private static String finite(double number) {
		return (Double.isFinite(number)) ? String.valueOf(number) : "1.5";
	}

	private static String finite(float number) {
		return (Float.isFinite(number)) ? String.valueOf(number) : "1.5";
	}

}
