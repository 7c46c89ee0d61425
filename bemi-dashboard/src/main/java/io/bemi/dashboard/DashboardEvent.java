package io.bemi.dashboard;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Somebody asks the dashboard for something.
 *
 * @param action what is asked for
 * @param user who asks
 * @param path the path below the API's, such as {@code /changes}
 * @param parameters the parameters of the request; of a revert its body, by the name
 * {@code body}
 * @param at when
 */
public record DashboardEvent(Action action, DashboardUser user, String path, Map<String, List<String>> parameters,
		Instant at) {

	/**
	 * What can be asked for.
	 */
	public enum Action {

		/** Changes, records, counts of them, or a record's history in a page. */
		VIEW,

		/** New changes as they come. */
		STREAM,

		/** A file. */
		EXPORT,

		/** What a revert would do. */
		PLAN,

		/** A revert. */
		REVERT

	}

}
