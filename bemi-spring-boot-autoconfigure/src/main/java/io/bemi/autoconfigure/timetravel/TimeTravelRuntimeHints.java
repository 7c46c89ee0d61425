package io.bemi.autoconfigure.timetravel;

import java.lang.reflect.Field;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.util.ReflectionUtils;

/**
 * The initializer of entity managers that an application has set, which has no getter.
 */
final class TimeTravelRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		Field initializer = ReflectionUtils.findField(AbstractEntityManagerFactoryBean.class,
				CacheBypassPostProcessor.INITIALIZER);
		if (initializer != null) {
			hints.reflection().registerField(initializer);
		}
	}

}
