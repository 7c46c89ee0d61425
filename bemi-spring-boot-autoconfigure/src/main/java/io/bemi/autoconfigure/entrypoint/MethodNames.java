package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * Names methods as a context has them: {@code Invoices.createAll}.
 */
final class MethodNames {

	private static final Pattern QUALIFIED = Pattern.compile("(?:.*\\s)?([^\\s()@]+)\\.([\\w$]+)");

	// What may be on the stack outside of, or in the place of, a method of the
	// application.
	private static final Pattern FRAMEWORK = Pattern
		.compile("(?:javax?|jdk|sun|com\\.sun|kotlin|org\\.aspectj|org\\.springframework(?!\\.samples)|org\\.hibernate"
				+ "|com\\.zaxxer|io\\.micrometer|io\\.bemi\\.(?:context|connection))\\..*");

	private static final Set<String> OWN = Set.of(MethodNames.class.getName(), ScheduledEntryPoint.class.getName(),
			RunnerEntryPoint.class.getName(), TransactionalEventEntryPoint.class.getName());

	private MethodNames() {
	}

	/**
	 * Names a method that is called on an object.
	 * @param method the method, of a class or an interface
	 * @param target the object behind any proxies
	 */
	static String of(Method method, @Nullable Object target) {
		if (target == null) {
			return of(method.getDeclaringClass().getName(), method.getName());
		}
		Class<?> type = ClassUtils.getUserClass(AopUtils.getTargetClass(target));
		// A repository's implementation is not the application's, its interface is.
		boolean isImplemented = !AopUtils.getMostSpecificMethod(method, type).getDeclaringClass().isInterface();
		return of((isImplemented ? type : method.getDeclaringClass()).getName(), method.getName());
	}

	/**
	 * Names the method that a text describes.
	 * @param description a qualified name, or what a method says about itself
	 * @return {@code null} when it describes something else
	 */
	static @Nullable String parse(String description) {
		int parameters = description.indexOf('(');
		Matcher matcher = QUALIFIED.matcher((parameters < 0) ? description : description.substring(0, parameters));
		return matcher.matches() ? of(matcher.group(1), matcher.group(2)) : null;
	}

	/**
	 * Names the method of the application that a framework has called: the outermost one
	 * on the stack of this thread.
	 * @param type the name of the framework's class
	 * @param method its method
	 * @return {@code null} when nothing of the application is running
	 */
	static @Nullable String calledBy(String type, String method) {
		StackWalker.StackFrame outermost = StackWalker.getInstance()
			.walk((frames) -> frames
				.takeWhile((frame) -> !frame.getClassName().equals(type) || !frame.getMethodName().equals(method))
				.filter(MethodNames::isApplication)
				.reduce((inner, outer) -> outer)
				.orElse(null));
		return (outermost != null) ? of(outermost.getClassName(), outermost.getMethodName()) : null;
	}

	private static boolean isApplication(StackWalker.StackFrame frame) {
		String type = frame.getClassName();
		return !OWN.contains(type) && !FRAMEWORK.matcher(type).matches();
	}

	private static String of(String className, String methodName) {
		String type = className;
		int generated = type.indexOf("$$");
		if (generated > 0) {
			type = type.substring(0, generated);
		}
		// Anonymous classes have only a number.
		type = type.replaceAll("(?:\\$\\d+)+$", "");
		return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1) + "." + plain(methodName);
	}

	// lambda$seed$0 by javac, seed$lambda$0 by Kotlin's compiler.
	private static String plain(String methodName) {
		String name = methodName.startsWith("lambda$") ? methodName.substring("lambda$".length()) : methodName;
		int generated = name.indexOf('$');
		return (generated > 0) ? name.substring(0, generated) : name;
	}

}
