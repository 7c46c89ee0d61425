package io.bemi.autoconfigure.entrypoint;

import java.util.ArrayDeque;
import java.util.Deque;

import io.bemi.context.BemiContext;
import io.bemi.context.EntryPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.transaction.event.TransactionalApplicationListener;
import org.springframework.transaction.event.TransactionalApplicationListenerMethodAdapter;

/**
 * Makes an entry point of one transactional listener. It is called within the context of
 * whoever has published the event, which is kept.
 */
final class TransactionalEventEntryPoint implements TransactionalApplicationListener.SynchronizationCallback {

	private static final String CALLER = "org.springframework.transaction.event.TransactionalApplicationListenerSynchronization";

	private final EntryPoint entryPoint;

	// Several, because a listener may publish what it listens to.
	private final ThreadLocal<@Nullable Deque<BemiContext.Scope>> open = new ThreadLocal<>();

	TransactionalEventEntryPoint(ApplicationListener<?> listener) {
		String method = (listener instanceof TransactionalApplicationListenerMethodAdapter)
				? MethodNames.parse(listener.toString()) : null;
		this.entryPoint = new EntryPoint("event",
				() -> (method != null) ? method : MethodNames.calledBy(CALLER, "processEventWithCallbacks"));
	}

	@Override
	public void preProcessEvent(ApplicationEvent event) {
		BemiContext.Scope scope = this.entryPoint.open();
		Deque<BemiContext.Scope> scopes = this.open.get();
		if (scopes == null) {
			scopes = new ArrayDeque<>();
			this.open.set(scopes);
		}
		scopes.push(scope);
	}

	@Override
	public void postProcessEvent(ApplicationEvent event, @Nullable Throwable ex) {
		Deque<BemiContext.Scope> scopes = this.open.get();
		if (scopes == null) {
			return;
		}
		BemiContext.Scope scope = scopes.pop();
		if (scopes.isEmpty()) {
			this.open.remove();
		}
		close(scope, ex);
	}

	// What the listener throws must not be hidden by what cannot be flushed because of
	// it.
	private static void close(BemiContext.Scope scope, @Nullable Throwable thrown) {
		try {
			scope.close();
		}
		catch (RuntimeException ex) {
			if (thrown == null) {
				throw ex;
			}
			thrown.addSuppressed(ex);
		}
	}

}
