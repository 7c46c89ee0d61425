package io.bemi.dashboard.http;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.dashboard.DashboardEvent.Action;
import org.jspecify.annotations.Nullable;

/**
 * What answers requests of a method to a path.
 *
 * @param method the method of HTTP
 * @param template the path below the API's, with variables such as {@code {id}} for a
 * whole segment
 * @param permission who may
 * @param action what it is to those who take note; {@code null} for nothing
 * @param handler what answers
 */
public record Route(String method, String template, Permission permission, @Nullable Action action, Handler handler) {

	/**
	 * The variables in a path.
	 * @return their values by name; {@code null} when the path is another
	 */
	@Nullable Map<String, String> match(String path) {
		List<String> expected = List.of(this.template.split("/", -1));
		List<String> actual = List.of(path.split("/", -1));
		if (expected.size() != actual.size()) {
			return null;
		}
		Map<String, String> variables = new LinkedHashMap<>();
		for (int i = 0; i < expected.size(); i++) {
			String part = expected.get(i);
			if (part.startsWith("{") && !actual.get(i).isEmpty()) {
				variables.put(part.substring(1, part.length() - 1), actual.get(i));
			}
			else if (!part.equals(actual.get(i))) {
				return null;
			}
		}
		return variables;
	}

	/**
	 * Who may.
	 */
	public enum Permission {

		/** Who may read. */
		READ,

		/** Who may read and revert. */
		REVERT,

		/** The route decides itself. */
		OWN

	}

	/**
	 * Answers a request.
	 */
	@FunctionalInterface
	public interface Handler {

		/**
		 * Answers.
		 * @param call the request, and where the answer goes
		 * @throws IOException when the answer cannot be written
		 */
		void handle(Call call) throws IOException;

	}

}
