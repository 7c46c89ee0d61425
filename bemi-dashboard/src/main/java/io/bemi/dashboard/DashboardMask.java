package io.bemi.dashboard;

import java.util.Collection;

/**
 * Hides columns. Every bean of the type is asked, and what one of them hides is hidden:
 * in lists, differences, exports, the live stream, states of the past and plans of
 * reverts. Nor can a hidden column be searched. May be called by any thread.
 */
@FunctionalInterface
public interface DashboardMask {

	/**
	 * The columns of a table that a user must not see.
	 * @param schema the schema of the table
	 * @param table the name of the table, also one that it had once
	 * @param user who asks
	 * @return names of columns, whether there are such or not; empty for none
	 */
	Collection<String> columns(String schema, String table, DashboardUser user);

}
