package io.bemi.autoconfigure.timetravel;

import java.util.function.Consumer;

import io.bemi.connection.ReadScope;
import jakarta.persistence.CacheRetrieveMode;
import jakarta.persistence.CacheStoreMode;
import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.util.ClassUtils;

/**
 * Keeps entity managers that read the past away from the caches that all share: neither
 * is a cached entity of today taken for one of the past, nor the other way round. With
 * Hibernate each reads in one time only: that in which it was opened.
 */
final class CacheBypassPostProcessor implements BeanPostProcessor {

	static final String INITIALIZER = "entityManagerInitializer";

	private static final boolean HIBERNATE = ClassUtils.isPresent("org.hibernate.Session",
			CacheBypassPostProcessor.class.getClassLoader());

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractEntityManagerFactoryBean factory) {
			Consumer<EntityManager> own = own(factory);
			factory.setEntityManagerInitializer((entityManager) -> {
				if (own != null) {
					own.accept(entityManager);
				}
				bypass(entityManager);
				if (HIBERNATE) {
					SessionTime.watch(entityManager);
				}
			});
		}
		return bean;
	}

	@SuppressWarnings("unchecked")
	private static @Nullable Consumer<EntityManager> own(AbstractEntityManagerFactoryBean factory) {
		DirectFieldAccessor fields = new DirectFieldAccessor(factory);
		return fields.isReadableProperty(INITIALIZER) ? (Consumer<EntityManager>) fields.getPropertyValue(INITIALIZER)
				: null;
	}

	private static void bypass(EntityManager entityManager) {
		if (ReadScope.current() != null) {
			entityManager.setProperty("jakarta.persistence.cache.retrieveMode", CacheRetrieveMode.BYPASS);
			entityManager.setProperty("jakarta.persistence.cache.storeMode", CacheStoreMode.BYPASS);
		}
	}

}
