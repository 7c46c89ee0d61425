package io.bemi.autoconfigure.timetravel;

import io.bemi.connection.ReadScope;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation take the past along to other threads. Found by
 * {@link java.util.ServiceLoader}.
 */
public final class ReadScopeThreadLocalAccessor implements ThreadLocalAccessor<ReadScope> {

	/** The key under which it travels. */
	public static final String KEY = "bemi.past";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable ReadScope getValue() {
		return ReadScope.current();
	}

	@Override
	public void setValue(ReadScope value) {
		ReadScope.impose(value);
	}

	@Override
	public void setValue() {
		ReadScope.impose(null);
	}

	@Override
	public void restore(ReadScope previousValue) {
		ReadScope.impose(previousValue);
	}

	@Override
	public void restore() {
		ReadScope.impose(null);
	}

}
