package io.bemi.autoconfigure.connection;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.ContextWriter;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Wraps each DataSource bean once. A bean that leads to a wrapped one (transaction-aware,
 * lazy, routing) is left as it is, so each commit sends its context once.
 */
final class ContextDataSourcePostProcessor implements BeanPostProcessor {

	private final ObjectProvider<BemiConnectionProperties> properties;

	private final ObjectProvider<ContextWriter> writer;

	private final Map<String, Class<?>> wrapped = new ConcurrentHashMap<>();

	ContextDataSourcePostProcessor(ObjectProvider<BemiConnectionProperties> properties,
			ObjectProvider<ContextWriter> writer) {
		this.properties = properties;
		this.writer = writer;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof DataSource dataSource) || ScopedProxyUtils.isScopedTarget(beanName)
				|| BemiDataSource.isWrapped(dataSource)) {
			return bean;
		}
		BemiConnectionProperties settings = this.properties.getObject();
		if (settings.getExclude().contains(beanName)) {
			return bean;
		}
		this.wrapped.put(beanName, dataSource.getClass());
		return new BemiDataSource(dataSource, this.writer.getIfAvailable(ContextWriter::new), settings.getAutocommit());
	}

	/**
	 * What was wrapped: the classes of the beans, by name.
	 */
	Map<String, Class<?>> wrapped() {
		return this.wrapped;
	}

}
