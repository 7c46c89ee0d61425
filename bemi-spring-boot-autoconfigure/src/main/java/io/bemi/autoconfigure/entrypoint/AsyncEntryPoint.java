package io.bemi.autoconfigure.entrypoint;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import io.bemi.context.EntryPoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * The two ends of an asynchronous call: one invocation that begins on the thread of the
 * caller and proceeds on another one, with the context in it.
 */
final class AsyncEntryPoint {

	/** On the caller's thread. */
	static final MethodInterceptor CALL = AsyncEntryPoint::call;

	/** On the thread that runs the method. */
	static final MethodInterceptor TASK = AsyncEntryPoint::run;

	private static final String CONTEXT = AsyncEntryPoint.class.getName();

	private AsyncEntryPoint() {
	}

	private static @Nullable Object call(MethodInvocation invocation) throws Throwable {
		if (invocation instanceof ProxyMethodInvocation proxied) {
			proxied.setUserAttribute(CONTEXT, ContextSnapshot.capture());
		}
		return invocation.proceed();
	}

	private static @Nullable Object run(MethodInvocation invocation) throws Throwable {
		Object captured = (invocation instanceof ProxyMethodInvocation proxied) ? proxied.getUserAttribute(CONTEXT)
				: null;
		ContextSnapshot context = (captured instanceof ContextSnapshot snapshot) ? snapshot : ContextSnapshot.NONE;
		EntryPoint entryPoint = new EntryPoint("async",
				() -> MethodNames.of(invocation.getMethod(), invocation.getThis()));
		try (BemiContext.Scope outer = context.open(); BemiContext.Scope inner = entryPoint.open()) {
			return invocation.proceed();
		}
	}

}
