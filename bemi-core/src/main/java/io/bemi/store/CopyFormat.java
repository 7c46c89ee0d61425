package io.bemi.store;

import java.sql.SQLException;

/**
 * Rows in one of the formats of {@code COPY}. See "File Formats" of the command's page.
 */
interface CopyFormat {

	/**
	 * Ends a row.
	 */
	void endRow() throws SQLException;

	/**
	 * Ends all of them, and hands on what is left.
	 */
	void end() throws SQLException;

}
