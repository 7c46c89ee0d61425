package io.bemi.connection;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import org.postgresql.core.BaseConnection;

/**
 * The sessions of a data source, as long as their connections live.
 */
final class Sessions {

	private final Map<BaseConnection, Session> sessions = Collections.synchronizedMap(new WeakHashMap<>());

	Session of(BaseConnection server) {
		return this.sessions.computeIfAbsent(server, (any) -> new Session());
	}

}
