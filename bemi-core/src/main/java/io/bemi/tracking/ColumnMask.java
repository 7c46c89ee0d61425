package io.bemi.tracking;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * Replaces the text of a value: by a keyed hash, which is the same for the same text, or
 * by a constant.
 */
public final class ColumnMask {

	/** The first characters of a hash. */
	public static final String HASH_PREFIX = "hmac:";

	/** The characters of the longest mask. */
	public static final int LONGEST = 69;

	private static final int SHORTEST_KEY = 32;

	private static final String ALGORITHM = "HmacSHA256";

	private final @Nullable Mac mac;

	private final byte[] constant;

	private ColumnMask(@Nullable Mac mac, byte[] constant) {
		this.mac = mac;
		this.constant = constant;
	}

	/**
	 * A hash (HMAC-SHA-256) of the value.
	 * @param key the key, of at least 32 characters
	 * @throws IllegalArgumentException when the key is too short
	 */
	static ColumnMask hash(String key) {
		if (key.length() < SHORTEST_KEY) {
			throw new IllegalArgumentException("'bemi.tracking.columns.mask-key' must have at least " + SHORTEST_KEY
					+ " characters, but has " + key.length());
		}
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
			return new ColumnMask(mac, new byte[0]);
		}
		catch (NoSuchAlgorithmException | InvalidKeyException ex) {
			throw new IllegalStateException("This Java has no " + ALGORITHM, ex);
		}
	}

	/**
	 * The same text for every value.
	 * @throws IllegalArgumentException when it is too long
	 */
	static ColumnMask constant(String text) {
		if (text.length() > LONGEST) {
			throw new IllegalArgumentException("'bemi.tracking.columns.mask' has a text of " + text.length()
					+ " characters, but at most " + LONGEST + " can be stored instead of a value");
		}
		return new ColumnMask(null, text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Masks a value.
	 * @param data an array that the value's text is in, in UTF-8
	 * @param offset where it starts
	 * @param length how many bytes it has
	 * @return what stands in its place, in UTF-8
	 */
	public byte[] mask(byte[] data, int offset, int length) {
		Mac hash = this.mac;
		if (hash == null) {
			return this.constant;
		}
		synchronized (hash) {
			hash.update(data, offset, length);
			return (HASH_PREFIX + HexFormat.of().formatHex(hash.doFinal())).getBytes(StandardCharsets.US_ASCII);
		}
	}

	/**
	 * Tells this mask from others, with other keys too, and tells nothing of the key.
	 */
	public String fingerprint() {
		byte[] sample = mask("bemi".getBytes(StandardCharsets.US_ASCII), 0, 4);
		return (this.mac != null) ? new String(sample, HASH_PREFIX.length(), 8, StandardCharsets.US_ASCII)
				: Integer.toHexString(Arrays.hashCode(sample));
	}

	@Override
	public String toString() {
		return (this.mac != null) ? "a hash" : "'" + new String(this.constant, StandardCharsets.UTF_8) + "'";
	}

}
