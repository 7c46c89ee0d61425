package io.bemi.context;

import java.util.List;
import java.util.Map;

/**
 * Values as they are recorded, for those who look for them.
 */
public final class ContextValues {

	private static final ContextJson JSON = new ContextJson(List.of());

	private ContextValues() {
	}

	/**
	 * Writes values as a context has them, but masks none.
	 * @param values values by key
	 * @return one JSON object, in ASCII
	 * @throws IllegalArgumentException when a value has no JSON form
	 */
	public static String toJson(Map<String, ?> values) {
		try {
			return JSON.render("values", values);
		}
		catch (ContextException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			throw new IllegalArgumentException("'values' must be something that JSON can hold: " + cause.getMessage(),
					cause);
		}
	}

}
