package io.bemi.autoconfigure.connection;

import java.util.Arrays;
import java.util.Map;
import java.util.Map.Entry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.connection.BemiDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.ClassUtils;

/**
 * Explains the failure of an application that asks for a data source by its class, such
 * as {@code HikariDataSource}, when the bean is wrapped. Goes before Spring Boot's own
 * analyzers, which would say that there is no such bean.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class WrappedDataSourceFailureAnalyzer extends AbstractInjectionFailureAnalyzer<Throwable> {

	// When a @Bean method calls another one.
	private static final Pattern OVERRIDDEN = Pattern.compile("@Bean method (\\S+) called as bean reference for type"
			+ " \\[([^]]+)] but overridden by non-compatible bean instance of type \\["
			+ Pattern.quote(BemiDataSource.class.getName()) + "]");

	private final @Nullable BeanFactory beanFactory;

	WrappedDataSourceFailureAnalyzer(@Nullable BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, Throwable cause, @Nullable String description) {
		Map<String, Class<?>> wrapped = wrapped();
		InjectionPoint injectionPoint = null;
		for (Throwable candidate = rootFailure; candidate != null
				&& !wrapped.isEmpty(); candidate = candidate.getCause()) {
			if (candidate instanceof UnsatisfiedDependencyException unsatisfied) {
				injectionPoint = unsatisfied.getInjectionPoint();
			}
			Entry<String, Class<?>> bean = asked(candidate, wrapped, injectionPoint);
			if (bean != null) {
				return analysis(bean, where(candidate, description), rootFailure);
			}
		}
		return null;
	}

	/**
	 * What the post-processor has done, which is all that is left: the beans are
	 * destroyed by now.
	 */
	private Map<String, Class<?>> wrapped() {
		if (this.beanFactory instanceof AbstractBeanFactory factory) {
			return factory.getBeanPostProcessors()
				.stream()
				.filter(ContextDataSourcePostProcessor.class::isInstance)
				.map((processor) -> ((ContextDataSourcePostProcessor) processor).wrapped())
				.findFirst()
				.orElse(Map.of());
		}
		return Map.of();
	}

	private static @Nullable Entry<String, Class<?>> asked(Throwable failure, Map<String, Class<?>> wrapped,
			@Nullable InjectionPoint injectionPoint) {
		if (failure instanceof BeanNotOfRequiredTypeException wrongType) {
			return (wrongType.getActualType() == BemiDataSource.class)
					? find(wrapped, wrongType.getBeanName(), wrongType.getRequiredType().getName()) : null;
		}
		if (failure instanceof NoSuchBeanDefinitionException missing && missing.getBeanType() != null) {
			Qualifier qualifier = (injectionPoint != null) ? injectionPoint.getAnnotation(Qualifier.class) : null;
			return find(wrapped, (qualifier != null) ? qualifier.value() : null, missing.getBeanType().getName());
		}
		Matcher overridden = OVERRIDDEN.matcher(String.valueOf(failure.getMessage()));
		return (failure instanceof IllegalStateException && overridden.find())
				? find(wrapped, null, overridden.group(2)) : null;
	}

	private static @Nullable Entry<String, Class<?>> find(Map<String, Class<?>> wrapped, @Nullable String name,
			String type) {
		return wrapped.entrySet()
			.stream()
			.filter((entry) -> name == null || name.equals(entry.getKey()))
			.filter((entry) -> isA(entry.getValue(), type))
			.findFirst()
			.orElse(null);
	}

	private static boolean isA(Class<?> actual, String type) {
		for (Class<?> current = actual; current != null; current = current.getSuperclass()) {
			if (current.getName().equals(type)) {
				return true;
			}
		}
		return ClassUtils.getAllInterfacesForClassAsSet(actual)
			.stream()
			.anyMatch((implemented) -> implemented.getName().equals(type));
	}

	private static String where(Throwable failure, @Nullable String description) {
		if (description != null) {
			return description;
		}
		return Arrays.stream(failure.getStackTrace())
			.filter((frame) -> !frame.getClassName().startsWith("org.springframework."))
			.filter((frame) -> !frame.getClassName().contains("$$SpringCGLIB"))
			.findFirst()
			.map((frame) -> "The code at " + frame)
			.orElse("Something");
	}

	private static FailureAnalysis analysis(Entry<String, Class<?>> bean, String where, Throwable failure) {
		Class<?> type = ClassUtils.getUserClass(bean.getValue());
		return new FailureAnalysis(
				where + " asked for the data source '" + bean.getKey() + "' by its class " + type.getName()
						+ ". Bemi has wrapped it, so that its connections carry the context: the bean is a"
						+ " javax.sql.DataSource, and " + type.getSimpleName() + " is behind it.",
				"Ask for a javax.sql.DataSource instead, and for what only the class has, call dataSource.unwrap("
						+ type.getSimpleName() + ".class). Or have the bean left alone, so that its changes are"
						+ " recorded without the application's context: bemi.connection.exclude=" + bean.getKey(),
				failure);
	}

}
