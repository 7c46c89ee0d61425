package io.bemi.connection;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All conversations. Those whose names begin with {@code auto: } begin in autocommit.
 */
final class Scenarios {

	static final Map<String, Scenario> ALL = all();

	private Scenarios() {
	}

	private static Map<String, Scenario> all() {
		Map<String, Scenario> all = new LinkedHashMap<>();
		all.putAll(TransactionScenarios.ALL);
		all.putAll(AutocommitScenarios.ALL);
		all.putAll(StatementScenarios.ALL);
		all.putAll(ConnectionScenarios.ALL);
		all.putAll(MetadataScenarios.ALL);
		return all;
	}

}
