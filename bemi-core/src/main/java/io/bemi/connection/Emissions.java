package io.bemi.connection;

import io.bemi.context.ContextWriter;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one data source share.
 *
 * @param writer builds the contexts
 * @param autocommit what happens to autocommit writes
 * @param check whether the server takes contexts
 * @param flags which sessions are flagged
 * @param lender the connection that is building its context on the current thread
 */
record Emissions(ContextWriter writer, Autocommit autocommit, ServerCheck check, SessionFlags flags,
		ThreadLocal<@Nullable Lender> lender) {

	Emissions(ContextWriter writer, Autocommit autocommit) {
		this(writer, autocommit, new ServerCheck(), new SessionFlags(), new ThreadLocal<>());
	}

}
