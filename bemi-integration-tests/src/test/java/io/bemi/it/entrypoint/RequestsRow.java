package io.bemi.it.entrypoint;

import java.util.Map;

/**
 * A way into an application that begins with a request: the rest is the same for all of
 * them.
 */
abstract class RequestsRow implements EntryPointRow {

	private final Requests requests;

	private final String endpoint;

	private final String entryPoint;

	private final String method;

	/**
	 * Creates a row.
	 * @param requests sends the request
	 * @param endpoint its path, without {@link Entry#PATH}
	 * @param entryPoint what is expected to be the entry point
	 * @param method what is expected to be its method
	 */
	RequestsRow(Requests requests, String endpoint, String entryPoint, String method) {
		this.requests = requests;
		this.endpoint = endpoint;
		this.entryPoint = entryPoint;
		this.method = method;
	}

	@Override
	public void enter(Entry entry) {
		this.requests.post(this.endpoint, entry);
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context(this.endpoint, this.entryPoint, this.method);
	}

}
