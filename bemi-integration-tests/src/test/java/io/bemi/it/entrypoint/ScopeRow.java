package io.bemi.it.entrypoint;

import java.util.Map;

import io.bemi.context.BemiContext;

/**
 * A scope within a scope, outside of any entry point.
 */
class ScopeRow implements EntryPointRow {

	private final Writes writes;

	ScopeRow(Writes writes) {
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		BemiContext.run(Map.of("job", "outer", "kept", 1),
				() -> BemiContext.run(Map.of("job", "inner"), () -> this.writes.write(entry)));
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return Map.of("job", "inner", "kept", 1);
	}

}
