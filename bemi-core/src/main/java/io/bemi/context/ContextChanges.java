package io.bemi.context;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells who keeps changes back (a persistence context that writes at its flush) that the
 * context of the thread is about to change, so that they can be written under the context
 * that they were made in.
 */
public final class ContextChanges {

	private static final List<Runnable> LISTENERS = new CopyOnWriteArrayList<>();

	private ContextChanges() {
	}

	/**
	 * Has a listener called, on the thread concerned, before a scope opens or closes and
	 * before {@link BemiContext#put} adds to one. What it throws reaches whoever changes
	 * the scope.
	 * @param listener what to call; must be quick when it has nothing to do
	 * @return ends it
	 */
	public static AutoCloseable listen(Runnable listener) {
		if (listener == null) {
			throw new IllegalArgumentException("'listener' must not be null");
		}
		LISTENERS.add(listener);
		return () -> LISTENERS.remove(listener);
	}

	static void announce() {
		for (Runnable listener : LISTENERS) {
			listener.run();
		}
	}

}
