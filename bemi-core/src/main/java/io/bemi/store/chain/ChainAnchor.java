package io.bemi.store.chain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * A link of a chain, to be kept where nobody who can write to the store can write: the
 * chain cannot be written anew up to there without that being noticed. Its text is a line
 * of JSON.
 *
 * @param source the store's number of the source
 * @param link the number of the link
 * @param digest its digest, as hexadecimal digits
 * @param json the line, as {@code bemi.anchor()} gives it
 */
public record ChainAnchor(int source, long link, String digest, String json) {

	private static final Pattern SOURCE = Pattern.compile("\"source\"\\s*:\\s*(\\d+)");

	private static final Pattern LINK = Pattern.compile("\"link\"\\s*:\\s*(\\d+)");

	private static final Pattern DIGEST = Pattern.compile("\"digest\"\\s*:\\s*\"([0-9a-f]{64})\"");

	public ChainAnchor {
		Assert.hasText(digest, "'digest' must not be empty");
	}

	/**
	 * Reads the text of an anchor.
	 * @param json the line
	 * @return the anchor
	 * @throws IllegalArgumentException if it is none
	 */
	public static ChainAnchor parse(String json) {
		return new ChainAnchor(Integer.parseInt(member(SOURCE, json)), Long.parseLong(member(LINK, json)),
				member(DIGEST, json), json);
	}

	private static String member(Pattern pattern, String json) {
		Matcher matcher = pattern.matcher(json);
		Assert.isTrue(matcher.find(), () -> "'json' must be a line that bemi.anchor() has given, but is " + json);
		return matcher.group(1);
	}

	@Override
	public String toString() {
		return this.json;
	}

}
