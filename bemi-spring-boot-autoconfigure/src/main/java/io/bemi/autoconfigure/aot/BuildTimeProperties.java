package io.bemi.autoconfigure.aot;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import javax.lang.model.element.Modifier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.javapoet.CodeBlock;

/**
 * Notes the properties that choose beans when an application is processed ahead of time,
 * and says so at the start when one of them has another value by then, for it has no
 * effect: who sets {@code bemi.enabled} would believe that changes are recorded.
 */
public final class BuildTimeProperties implements BeanFactoryInitializationAotProcessor {

	private static final Logger logger = LoggerFactory.getLogger(BuildTimeProperties.class);

	/** With what they are when nobody sets them. */
	private static final Map<String, String> DEFAULTS = defaults();

	private static Map<String, String> defaults() {
		Map<String, String> defaults = new LinkedHashMap<>();
		defaults.put("bemi.enabled", "true");
		defaults.put("bemi.ingestion.enabled", "true");
		defaults.put("bemi.dashboard.enabled", "false");
		defaults.put("bemi.context.flush", "true");
		defaults.put("bemi.tracking.mode", "auto");
		return defaults;
	}

	@Override
	public BeanFactoryInitializationAotContribution processAheadOfTime(ConfigurableListableBeanFactory beanFactory) {
		Environment environment = beanFactory.getBean(Environment.class);
		CodeBlock.Builder comparisons = CodeBlock.builder();
		for (String name : DEFAULTS.keySet()) {
			comparisons.addStatement("$T.compare(environment, $S, $S)", BuildTimeProperties.class, name,
					value(environment, name));
		}
		return (generation,
				code) -> code.addInitializer(code.getMethods()
					.add("compareBuildTimeProperties",
							(method) -> method.addModifiers(Modifier.PRIVATE, Modifier.STATIC)
								.addParameter(Environment.class, "environment")
								.addCode(comparisons.build()))
					.toMethodReference());
	}

	/**
	 * Warns when a property is not what it was. Called by generated code.
	 * @param environment that of the start
	 * @param name the property
	 * @param built what it was when the application was processed
	 */
	public static void compare(Environment environment, String name, String built) {
		String value = value(environment, name);
		if (!value.equals(built)) {
			logger.warn(name + "=" + value + " has no effect: it was " + built
					+ " when this application was processed ahead of time, and stays so. Set it for process-aot, and build anew");
		}
	}

	private static String value(Environment environment, String name) {
		return environment.getProperty(name, DEFAULTS.getOrDefault(name, "")).toLowerCase(Locale.ROOT);
	}

}
