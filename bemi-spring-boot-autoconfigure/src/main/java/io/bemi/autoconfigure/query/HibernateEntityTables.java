package io.bemi.autoconfigure.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.bemi.query.EntityTable;
import io.bemi.query.EntityTables;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.Assert;

/**
 * Asks Hibernate for the tables of entities. Those are the names that it uses itself,
 * whatever annotations and naming strategies say.
 */
final class HibernateEntityTables implements EntityTables {

	private final ObjectProvider<EntityManagerFactory> entityManagerFactory;

	HibernateEntityTables(ObjectProvider<EntityManagerFactory> entityManagerFactory) {
		this.entityManagerFactory = entityManagerFactory;
	}

	@Override
	public Optional<EntityTable> find(Class<?> type) {
		return mapping(type).map(HibernateEntityTables::table);
	}

	private Optional<EntityMappingType> mapping(Class<?> type) {
		SessionFactoryImplementor factory = factory();
		if (factory == null) {
			return Optional.empty();
		}
		for (Class<?> level = type; level != null; level = level.getSuperclass()) {
			EntityMappingType mapping = factory.getMappingMetamodel().findEntityDescriptor(level.getName());
			if (mapping != null) {
				return Optional.of(mapping);
			}
		}
		return Optional.empty();
	}

	private @Nullable SessionFactoryImplementor factory() {
		EntityManagerFactory factory = this.entityManagerFactory.getIfUnique();
		return (factory != null) ? factory.unwrap(SessionFactoryImplementor.class) : null;
	}

	private static EntityTable table(EntityMappingType mapping) {
		Set<String> names = new LinkedHashSet<>();
		List<@Nullable String> schemas = new ArrayList<>();
		mapping.visitConstraintOrderedTables((expression, columns) -> {
			List<String> path = SqlNames.parse(expression);
			names.add(path.get(path.size() - 1));
			schemas.add((path.size() > 1) ? path.get(path.size() - 2) : null);
		});
		return new EntityTable(schemas.get(0), List.copyOf(names), columns(mapping.getIdentifierMapping()));
	}

	private static List<String> columns(EntityIdentifierMapping id) {
		List<String> columns = new ArrayList<>();
		id.forEachSelectable(
				(index, selectable) -> columns.add(SqlNames.parse(selectable.getSelectionExpression()).get(0)));
		return columns;
	}

	@Override
	public Object id(Object entity) {
		Object id = required().getPersistenceUnitUtil().getIdentifier(entity);
		Assert.notNull(id, () -> "'entity' must have an id, but is new: " + entity.getClass().getName());
		return id;
	}

	@Override
	public Map<String, Object> key(Class<?> type, Object id) {
		EntityMappingType mapping = mapping(type)
			.orElseThrow(() -> new IllegalArgumentException("'type' must be an entity, but is " + type.getName()));
		List<String> columns = columns(mapping.getIdentifierMapping());
		List<@Nullable Object> values = new ArrayList<>();
		try (SharedSessionContractImplementor session = (SharedSessionContractImplementor) required().openSession()) {
			flatten(mapping.getIdentifierMapping().disassemble(id, session), values);
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException("'id' must be an id of " + type.getName() + ", but is " + id, ex);
		}
		Assert.isTrue(values.size() == columns.size(), () -> "'id' must be an id of " + type.getName());
		Map<String, Object> key = new LinkedHashMap<>();
		for (int i = 0; i < columns.size(); i++) {
			Object value = values.get(i);
			if (value != null) {
				key.put(columns.get(i), value);
			}
		}
		return key;
	}

	private SessionFactoryImplementor required() {
		SessionFactoryImplementor factory = factory();
		Assert.notNull(factory, "There are no entities");
		return factory;
	}

	private static void flatten(@Nullable Object value, List<@Nullable Object> values) {
		if (value instanceof Object[] parts) {
			for (Object part : parts) {
				flatten(part, values);
			}
		}
		else {
			values.add(value);
		}
	}

}
