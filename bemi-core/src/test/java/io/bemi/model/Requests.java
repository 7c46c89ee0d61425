package io.bemi.model;

import java.lang.reflect.Proxy;
import java.security.Principal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.context.ContextProvider;
import io.bemi.context.ContextWriter;
import io.bemi.context.RequestContext;
import io.bemi.context.RequestDetails;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The requests of a program, with a provider that may query the database.
 */
final class Requests {

	private Requests() {
	}

	static RequestContext open(String id, int choice, Sources sources) {
		ContextProvider provider = (request) -> {
			if (choice % 4 == 0) {
				query(sources, choice);
			}
			return Map.of(Ledger.ID, id);
		};
		return new RequestContext(List.of(provider), RequestDetails.SERVLET, new ContextWriter());
	}

	/** What the context of a request has to hold. */
	static Map<String, String> members(String id) {
		Map<String, String> members = new LinkedHashMap<>();
		members.put("user", "user of " + id);
		members.put("endpoint", "PUT /" + id);
		members.put("requestId", id);
		members.put(Ledger.ID, id);
		return members;
	}

	/**
	 * A new object for each dispatch, as a container may make it.
	 */
	static HttpServletRequest request(String id) {
		return (HttpServletRequest) Proxy.newProxyInstance(Requests.class.getClassLoader(),
				new Class<?>[] { HttpServletRequest.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "getUserPrincipal" -> (Principal) () -> "user of " + id;
					case "getMethod" -> "PUT";
					case "getRequestURI" -> "/" + id;
					case "getHeader" -> "X-Request-Id".equals(arguments[0]) ? id : null;
					case "getAttribute" -> null;
					default -> throw new UnsupportedOperationException(method.getName());
				});
	}

	// On the last source, which can always give one more, or on the connection that asks.
	private static void query(Sources sources, int choice) {
		try (Connection connection = sources.get(sources.size() - 1).getConnection();
				Statement statement = connection.createStatement()) {
			statement.executeQuery((choice % 8 == 0) ? "SELECT 1" : "SELECT 1 / 0").next();
		}
		catch (SQLException ex) {
			// The provider lives without it.
		}
	}

}
