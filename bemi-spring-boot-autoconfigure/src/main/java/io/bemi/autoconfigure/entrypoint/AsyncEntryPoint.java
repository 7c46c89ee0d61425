package io.bemi.autoconfigure.entrypoint;

import io.bemi.connection.ReadScope;
import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import io.bemi.context.EntryPoint;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * The two ends of an asynchronous call: one invocation that begins on the thread of the
 * caller and proceeds on another one, with the context in it, and in the past that the
 * caller reads.
 */
final class AsyncEntryPoint {

	/** On the caller's thread. */
	static final MethodInterceptor CALL = AsyncEntryPoint::call;

	/** On the thread that runs the method. */
	static final MethodInterceptor TASK = AsyncEntryPoint::run;

	private static final String CONTEXT = AsyncEntryPoint.class.getName();

	private static final String PAST = CONTEXT + ".past";

	private AsyncEntryPoint() {
	}

	private static @Nullable Object call(MethodInvocation invocation) throws Throwable {
		if (invocation instanceof ProxyMethodInvocation proxied) {
			proxied.setUserAttribute(CONTEXT, ContextSnapshot.capture());
			proxied.setUserAttribute(PAST, ReadScope.current());
		}
		return invocation.proceed();
	}

	private static @Nullable Object run(MethodInvocation invocation) throws Throwable {
		ContextSnapshot context = (attribute(invocation, CONTEXT) instanceof ContextSnapshot snapshot) ? snapshot
				: ContextSnapshot.NONE;
		ReadScope past = (attribute(invocation, PAST) instanceof ReadScope scope) ? scope : null;
		EntryPoint entryPoint = new EntryPoint("async",
				() -> MethodNames.of(invocation.getMethod(), invocation.getThis()));
		try (BemiContext.Scope outer = context.open();
				BemiContext.Scope inner = entryPoint.open();
				ReadScope.Opened opened = (past != null) ? past.open() : null) {
			return invocation.proceed();
		}
	}

	private static @Nullable Object attribute(MethodInvocation invocation, String name) {
		return (invocation instanceof ProxyMethodInvocation proxied) ? proxied.getUserAttribute(name) : null;
	}

}
