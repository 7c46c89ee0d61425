package io.bemi.dashboard;

/**
 * Decides who may see the history of one record in {@code <bemi-history>}, which shows it
 * in the application's own pages. Where there are beans of the type, all of them must
 * agree, and the dashboard's roles do not count there; without any, whoever may read the
 * dashboard may.
 */
@FunctionalInterface
public interface DashboardAuthorizer {

	/**
	 * Whether a user may see the history of a record.
	 * @param schema the schema of the table
	 * @param table the name of the table
	 * @param record the key as text; a JSON array when it has several columns
	 * @param user who asks; perhaps nobody
	 * @return whether it may be shown
	 */
	boolean mayRead(String schema, String table, String record, DashboardUser user);

}
