package io.bemi.dashboard.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.bemi.dashboard.DashboardUser;
import io.bemi.query.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * A request to the API, and where its answer goes.
 */
public final class Call {

	static final int LONGEST_BODY = 64 * 1024;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final DashboardUser user;

	private final Map<String, String> variables;

	private final Parameters parameters;

	private final @Nullable String body;

	Call(HttpServletRequest request, HttpServletResponse response, DashboardUser user, Map<String, String> variables,
			Parameters parameters, @Nullable String body) {
		this.request = request;
		this.response = response;
		this.user = user;
		this.variables = variables;
		this.parameters = parameters;
		this.body = body;
	}

	static String readBody(HttpServletRequest request) throws IOException {
		byte[] bytes = request.getInputStream().readNBytes(LONGEST_BODY + 1);
		if (bytes.length > LONGEST_BODY) {
			throw Problem.badRequest("The body is longer than " + LONGEST_BODY + " bytes");
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			throw Problem.badRequest("The body is not UTF-8");
		}
	}

	/**
	 * The request.
	 */
	public HttpServletRequest request() {
		return this.request;
	}

	/**
	 * The response.
	 */
	public HttpServletResponse response() {
		return this.response;
	}

	/**
	 * Who asks.
	 */
	public DashboardUser user() {
		return this.user;
	}

	/**
	 * The value of a variable of the path.
	 * @param name its name in the route's template
	 */
	public String variable(String name) {
		String value = this.variables.get(name);
		if (value == null) {
			throw new IllegalStateException("The route has no variable '" + name + "'");
		}
		return value;
	}

	/**
	 * The parameters in the query string.
	 */
	public Parameters parameters() {
		return this.parameters;
	}

	/**
	 * The body, which is a JSON object.
	 * @return its members
	 */
	@SuppressWarnings("unchecked")
	public Map<String, @Nullable Object> body() {
		try {
			if (Json.parse((this.body != null) ? this.body : "") instanceof Map<?, ?> object) {
				return (Map<String, @Nullable Object>) object;
			}
		}
		catch (IllegalArgumentException ex) {
			throw Problem.badRequest("The body is not JSON: " + ex.getMessage());
		}
		throw Problem.badRequest("The body must be a JSON object");
	}

	/**
	 * Answers with a value as JSON.
	 * @param value the value
	 * @throws IOException when it cannot be written
	 */
	public void reply(@Nullable Object value) throws IOException {
		Replies.json(this.request, this.response, HttpServletResponse.SC_OK, "application/json", value);
	}

}
