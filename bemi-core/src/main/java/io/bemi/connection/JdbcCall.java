package io.bemi.connection;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * One call of the application to the real driver, to be made once or again.
 */
@FunctionalInterface
interface JdbcCall {

	@Nullable Object run() throws Throwable;

	/**
	 * Calls a method of the driver; its exceptions are thrown as they are.
	 */
	static @Nullable Object invoke(Object target, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
