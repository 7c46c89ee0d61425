package io.bemi.change;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * From a row to a record, or to an object with fields, such as an entity. Columns find
 * their property by the name in JPA's annotations, else by the property's name, in camel
 * or snake case. Columns without a property are left out; a property without a column
 * stays as the constructor leaves it, as do associations, and a property whose type does
 * not take the mask that was recorded instead of a value: a hash, or asterisks.
 */
public final class RowBinding {

	/** What is recorded in the place of values that nobody is to see. */
	private static final Pattern MASK = Pattern.compile("hmac:[0-9a-f]{64}|\\*+");

	private RowBinding() {
	}

	/**
	 * Binds a row.
	 * @param row values by column
	 * @param type the class of the object
	 * @param <T> its type
	 * @return the object
	 * @throws IllegalArgumentException when it cannot be made, or does not take a value
	 */
	public static <T> T bind(Map<String, @Nullable Object> row, Class<T> type) {
		return bind(row, type, Overrides.NONE);
	}

	private static <T> T bind(Map<String, @Nullable Object> row, Class<T> type, Overrides overrides) {
		try {
			return type.isRecord() ? bindRecord(row, type, overrides) : bindFields(row, type, overrides);
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalArgumentException(
					"'type' must be a record or have a constructor without parameters, but is " + type.getName(), ex);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalArgumentException("The constructor of " + type.getName() + " fails", ex.getCause());
		}
		catch (ReflectiveOperationException | java.lang.reflect.InaccessibleObjectException ex) {
			throw new IllegalArgumentException("An object of " + type.getName() + " cannot be made: " + ex.getMessage(),
					ex);
		}
	}

	private static <T> T bindRecord(Map<String, @Nullable Object> row, Class<T> type, Overrides overrides)
			throws ReflectiveOperationException {
		RecordComponent[] components = type.getRecordComponents();
		Class<?>[] types = new Class<?>[components.length];
		@Nullable Object[] arguments = new @Nullable Object[components.length];
		for (int i = 0; i < components.length; i++) {
			RecordComponent component = components[i];
			types[i] = component.getType();
			Field field = type.getDeclaredField(component.getName());
			Value value = value(row, component.getName(), component.getGenericType(),
					List.of(component, field, component.getAccessor()), overrides);
			arguments[i] = (value != null && value.value() != null) ? value.value() : absent(types[i]);
		}
		Constructor<T> constructor = type.getDeclaredConstructor(types);
		constructor.setAccessible(true);
		return constructor.newInstance(arguments);
	}

	private static @Nullable Object absent(Class<?> type) {
		return type.isPrimitive() ? java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0) : null;
	}

	private static <T> T bindFields(Map<String, @Nullable Object> row, Class<T> type, Overrides overrides)
			throws ReflectiveOperationException {
		Constructor<T> constructor = type.getDeclaredConstructor();
		constructor.setAccessible(true);
		T target = constructor.newInstance();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Field field : level.getDeclaredFields()) {
				if (Modifier.isStatic(field.getModifiers()) || Modifier.isTransient(field.getModifiers())) {
					continue;
				}
				Value value = value(row, field.getName(), field.getGenericType(), elements(level, field), overrides);
				if (value != null && (value.value() != null || !field.getType().isPrimitive())) {
					field.setAccessible(true);
					field.set(target, value.value());
				}
			}
		}
		return target;
	}

	private static List<AnnotatedElement> elements(Class<?> type, Field field) {
		List<AnnotatedElement> elements = new ArrayList<>(List.of(field));
		String capitalized = Character.toUpperCase(field.getName().charAt(0)) + field.getName().substring(1);
		for (String getter : List.of("get" + capitalized, "is" + capitalized, field.getName())) {
			try {
				elements.add(type.getDeclaredMethod(getter));
			}
			catch (NoSuchMethodException ex) {
				// Not every field has one.
			}
		}
		return elements;
	}

	private static @Nullable Value value(Map<String, @Nullable Object> row, String property, Type type,
			List<? extends AnnotatedElement> elements, Overrides overrides) {
		if (JpaAnnotations.isNoColumn(elements)) {
			return null;
		}
		Class<?> raw = JsonConversion.raw(type);
		String named = overrides.column(property);
		if (named == null) {
			named = JpaAnnotations.column(elements);
		}
		String column = column(row, (named != null) ? named : property);
		if (JpaAnnotations.isEmbedded(elements, raw)) {
			Overrides inner = Overrides.of(JpaAnnotations.overrides(elements), overrides, property);
			return new Value(bind(row, raw, inner));
		}
		if (column == null) {
			return null;
		}
		try {
			return new Value(JsonConversion.convert(row.get(column), type));
		}
		catch (IllegalArgumentException ex) {
			if (row.get(column) instanceof String text && MASK.matcher(text).matches()) {
				return null;
			}
			throw new IllegalArgumentException("Column '" + column + "': " + ex.getMessage(), ex);
		}
	}

	private static @Nullable String column(Map<String, ?> row, String name) {
		if (row.containsKey(name)) {
			return name;
		}
		String plain = plain(name);
		return row.keySet().stream().filter((column) -> plain(column).equals(plain)).findFirst().orElse(null);
	}

	private static String plain(String name) {
		return name.replace("_", "").toLowerCase(java.util.Locale.ROOT);
	}

	/**
	 * A value that is to be set.
	 *
	 * @param value the value
	 */
	private record Value(@Nullable Object value) {
	}

	/**
	 * Columns of embedded properties that have other names here.
	 *
	 * @param columns columns by path
	 */
	private record Overrides(Map<String, String> columns) {

		private static final Overrides NONE = new Overrides(Collections.emptyMap());

		static Overrides of(Map<String, String> own, Overrides outer, String property) {
			Map<String, String> columns = new java.util.HashMap<>(own);
			outer.columns.forEach((path, column) -> {
				if (path.startsWith(property + ".")) {
					columns.put(path.substring(property.length() + 1), column);
				}
			});
			return new Overrides(columns);
		}

		@Nullable String column(String property) {
			return this.columns.get(property);
		}

	}

}
