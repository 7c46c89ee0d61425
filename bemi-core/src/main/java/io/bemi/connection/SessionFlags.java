package io.bemi.connection;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import org.postgresql.core.BaseConnection;

/**
 * Which sessions have told the trigger to be silent, as far as this data source knows.
 * Only an autocommit write without a context looks here: where it can, the server itself
 * is asked.
 */
final class SessionFlags {

	private final Map<BaseConnection, Boolean> flagged = Collections.synchronizedMap(new WeakHashMap<>());

	void flag(BaseConnection server) {
		this.flagged.put(server, Boolean.TRUE);
	}

	boolean isFlagged(BaseConnection server) {
		return this.flagged.containsKey(server);
	}

	void unflag(BaseConnection server) {
		this.flagged.remove(server);
	}

}
