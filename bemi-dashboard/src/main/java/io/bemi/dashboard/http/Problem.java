package io.bemi.dashboard.http;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Why a request is not answered, as RFC 9457 has it.
 */
public final class Problem extends RuntimeException {

	private static final Map<Integer, String> TITLES = Map.of(400, "Bad request", 401, "Not logged in", 403,
			"Forbidden", 404, "Not found", 405, "Method not allowed", 409, "Conflict", 415, "Not JSON", 500,
			"Something went wrong", 503, "Not now");

	private final int status;

	private final transient Map<String, @Nullable Object> more;

	/**
	 * Creates one.
	 * @param status the status of HTTP
	 * @param detail what is wrong, and what to do
	 */
	public Problem(int status, String detail) {
		this(status, detail, Map.of());
	}

	/**
	 * Creates one.
	 * @param status the status of HTTP
	 * @param detail what is wrong, and what to do
	 * @param more further members of the answer
	 */
	public Problem(int status, String detail, Map<String, @Nullable Object> more) {
		super(detail);
		this.status = status;
		this.more = more;
	}

	/**
	 * That a request is not as it should be.
	 * @param detail what is wrong, and what to do
	 */
	public static Problem badRequest(String detail) {
		return new Problem(400, detail);
	}

	/**
	 * That there is no such thing.
	 * @param detail what there is not
	 */
	public static Problem notFound(String detail) {
		return new Problem(404, detail);
	}

	/**
	 * The status of HTTP.
	 */
	public int status() {
		return this.status;
	}

	/**
	 * What the status means, in a word or two.
	 */
	String title() {
		return TITLES.getOrDefault(this.status, "Problem");
	}

	Map<String, @Nullable Object> body() {
		Map<String, @Nullable Object> body = new LinkedHashMap<>();
		body.put("type", "about:blank");
		body.put("title", title());
		body.put("status", this.status);
		body.put("detail", getMessage());
		body.putAll(this.more);
		return body;
	}

}
