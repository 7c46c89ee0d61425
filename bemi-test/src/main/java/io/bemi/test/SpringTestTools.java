package io.bemi.test;

import io.bemi.query.Changes;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.util.ClassUtils;

/**
 * Finds beans in the application context of a test.
 */
final class SpringTestTools {

	private static final String EXTENSION = "org.springframework.test.context.junit.jupiter.SpringExtension";

	private SpringTestTools() {
	}

	static TestTools of(ExtensionContext context) {
		if (!ClassUtils.isPresent(EXTENSION, SpringTestTools.class.getClassLoader())) {
			throw new ExtensionConfigurationException("@BemiTest finds its beans in the application context of a Spring"
					+ " test: without Spring, register TestStatesExtension.of(states, changes) by @RegisterExtension");
		}
		return Lookup.of(context);
	}

	/**
	 * Loaded where Spring's test support is.
	 */
	private static final class Lookup {

		static TestTools of(ExtensionContext context) {
			ApplicationContext application = SpringExtension.getApplicationContext(context);
			try {
				return new TestTools(application.getBean(TestStates.class),
						application.getBeanProvider(Changes.class).getIfUnique(),
						() -> !(application instanceof ConfigurableApplicationContext closeable)
								|| closeable.isActive());
			}
			catch (NoSuchBeanDefinitionException ex) {
				throw new ExtensionConfigurationException("The test " + context.getRequiredTestClass().getName()
						+ " has no bean of the type TestStates: it comes with Spring Boot's auto-configuration, where there"
						+ " is a single DataSource, or define one: new TestStates(dataSource)", ex);
			}
		}

	}

}
