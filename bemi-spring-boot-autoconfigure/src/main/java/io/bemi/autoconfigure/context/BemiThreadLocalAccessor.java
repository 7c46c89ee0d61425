package io.bemi.autoconfigure.context;

import io.bemi.context.ContextSnapshot;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation take the current context along, wherever it takes
 * anything: reactive operators, {@code ContextExecutorService},
 * {@code ContextPropagatingTaskDecorator}. Found by {@link java.util.ServiceLoader}.
 */
public final class BemiThreadLocalAccessor implements ThreadLocalAccessor<ContextSnapshot> {

	/** The key under which the context travels. */
	public static final String KEY = "bemi.context";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable ContextSnapshot getValue() {
		ContextSnapshot context = ContextSnapshot.capture();
		return context.equals(ContextSnapshot.NONE) ? null : context;
	}

	@Override
	public void setValue(ContextSnapshot value) {
		value.impose();
	}

	@Override
	public void setValue() {
		ContextSnapshot.NONE.impose();
	}

	@Override
	public void restore(ContextSnapshot previousValue) {
		ContextSnapshot.takeBack();
	}

	@Override
	public void restore() {
		ContextSnapshot.takeBack();
	}

}
