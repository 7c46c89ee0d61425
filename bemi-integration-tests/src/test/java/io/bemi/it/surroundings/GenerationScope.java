package io.bemi.it.surroundings;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;

/**
 * Beans that live until the next refresh, as in Spring Cloud's refresh scope.
 */
final class GenerationScope implements Scope {

	private final Map<String, Object> beans = new ConcurrentHashMap<>();

	private final Map<String, Runnable> callbacks = new ConcurrentHashMap<>();

	@Override
	public Object get(String name, ObjectFactory<?> factory) {
		Object bean = this.beans.get(name);
		if (bean == null) {
			bean = factory.getObject();
			this.beans.put(name, bean);
		}
		return bean;
	}

	@Override
	public @Nullable Object remove(String name) {
		return this.beans.remove(name);
	}

	@Override
	public void registerDestructionCallback(String name, Runnable callback) {
		this.callbacks.put(name, callback);
	}

	void refresh() {
		this.beans.clear();
		this.callbacks.values().forEach(Runnable::run);
		this.callbacks.clear();
	}

	// Spring 6 has no defaults of these.

	@Override
	public @Nullable Object resolveContextualObject(String key) {
		return null;
	}

	@Override
	public @Nullable String getConversationId() {
		return null;
	}

}
