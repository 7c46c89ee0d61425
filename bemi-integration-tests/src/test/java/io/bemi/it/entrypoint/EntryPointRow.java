package io.bemi.it.entrypoint;

import java.util.Map;

/**
 * A way into an application: a row of the table that {@link EntryPointIntegrationTests}
 * goes through. Each class of this type in this package is a bean of its application, and
 * may be a controller, import a configuration, or define beans.
 */
interface EntryPointRow {

	/**
	 * Has {@link Writes#write} called from this entry point; need not wait for it.
	 * @param entry what to write
	 */
	void enter(Entry entry);

	/**
	 * The whole context of what has been written, but for the ids of a trace and the
	 * address of the client.
	 * @param entry what has been written
	 */
	Map<String, Object> context(Entry entry);

	/**
	 * What to call the row.
	 */
	default String name() {
		return getClass().getSimpleName().replaceAll("\\$\\$.*", "");
	}

}
