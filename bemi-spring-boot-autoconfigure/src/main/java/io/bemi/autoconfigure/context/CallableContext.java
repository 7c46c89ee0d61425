package io.bemi.autoconfigure.context;

import java.util.concurrent.Callable;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;

/**
 * Takes the context of one request to the thread that runs its {@code Callable}. By then
 * the container may have given the request to somebody else, so nothing is kept in it.
 */
final class CallableContext implements CallableProcessingInterceptor {

	private static final ThreadLocal<BemiContext.@Nullable Scope> OPEN = new ThreadLocal<>();

	private volatile ContextSnapshot context = ContextSnapshot.NONE;

	@Override
	public <T> void beforeConcurrentHandling(NativeWebRequest request, Callable<T> task) {
		this.context = ContextSnapshot.capture();
	}

	@Override
	public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
		OPEN.set(this.context.open());
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
		BemiContext.Scope scope = OPEN.get();
		OPEN.remove();
		if (scope != null) {
			scope.close();
		}
	}

}
