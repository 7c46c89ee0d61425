package io.bemi.change;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * From the JSON of a change to the types of an application.
 */
final class JsonConversion {

	private static final Map<Class<?>, Function<BigDecimal, Object>> NUMBERS = new HashMap<>();

	private static final Map<Class<?>, Function<String, Object>> TEXTS = new HashMap<>();

	static {
		NUMBERS.put(Byte.class, BigDecimal::byteValueExact);
		NUMBERS.put(Short.class, BigDecimal::shortValueExact);
		NUMBERS.put(Integer.class, BigDecimal::intValueExact);
		NUMBERS.put(Long.class, BigDecimal::longValueExact);
		NUMBERS.put(BigInteger.class, BigDecimal::toBigIntegerExact);
		NUMBERS.put(BigDecimal.class, (number) -> number);
		NUMBERS.put(Number.class, (number) -> number);
		NUMBERS.put(Float.class, BigDecimal::floatValue);
		NUMBERS.put(Double.class, BigDecimal::doubleValue);
		NUMBERS.put(String.class, BigDecimal::toPlainString);
		TEXTS.put(String.class, (text) -> text);
		TEXTS.put(CharSequence.class, (text) -> text);
		TEXTS.put(UUID.class, UUID::fromString);
		TEXTS.put(LocalDate.class, LocalDate::parse);
		TEXTS.put(LocalTime.class, LocalTime::parse);
		TEXTS.put(OffsetTime.class, OffsetTime::parse);
		TEXTS.put(LocalDateTime.class, LocalDateTime::parse);
		TEXTS.put(OffsetDateTime.class, JsonConversion::moment);
		TEXTS.put(ZonedDateTime.class, (text) -> moment(text).toZonedDateTime());
		TEXTS.put(Instant.class, (text) -> moment(text).toInstant());
		TEXTS.put(Date.class, (text) -> Date.from(moment(text).toInstant()));
		// Not a number, and the infinities.
		TEXTS.put(Float.class, Float::valueOf);
		TEXTS.put(Double.class, Double::valueOf);
		TEXTS.put(BigDecimal.class, BigDecimal::new);
		TEXTS.put(Character.class, (text) -> character(text));
		TEXTS.put(byte[].class, (text) -> HexFormat.of().parseHex(text.substring(text.startsWith("\\x") ? 2 : 0)));
	}

	private JsonConversion() {
	}

	/**
	 * Converts a value.
	 * @param value what a change holds
	 * @param type what it is to be
	 * @return the value, {@code null} if it is
	 * @throws IllegalArgumentException when it cannot be that
	 */
	static @Nullable Object convert(@Nullable Object value, Type type) {
		if (value == null) {
			return null;
		}
		try {
			Object converted = known(value, type);
			if (converted != null) {
				return converted;
			}
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException(
					"'" + abbreviate(value) + "' is no " + type.getTypeName() + ": " + ex.getMessage(), ex);
		}
		throw new IllegalArgumentException("'" + abbreviate(value) + "' is no " + type.getTypeName());
	}

	private static String abbreviate(Object value) {
		String text = value.toString();
		return (text.length() > 64) ? text.substring(0, 64) + "..." : text;
	}

	private static @Nullable Object known(Object value, Type type) {
		Class<?> raw = boxed(raw(type));
		if (raw == Object.class) {
			return value;
		}
		if (raw.isEnum()) {
			return constant(value, raw);
		}
		if (value instanceof BigDecimal number) {
			Function<BigDecimal, Object> conversion = NUMBERS.get(raw);
			return (conversion != null) ? conversion.apply(number) : null;
		}
		if (value instanceof Boolean) {
			return (raw == Boolean.class) ? value : (raw == String.class) ? value.toString() : null;
		}
		if (value instanceof String text) {
			Function<String, Object> conversion = TEXTS.get(raw);
			return (conversion != null) ? conversion.apply(text) : null;
		}
		if (value instanceof List<?> list) {
			return elements(list, raw, type);
		}
		return (value instanceof Map<?, ?> map) ? members(map, raw, type) : null;
	}

	private static @Nullable Object constant(Object value, Class<?> type) {
		Object[] constants = type.getEnumConstants();
		if (value instanceof BigDecimal ordinal) {
			return constants[ordinal.intValueExact()];
		}
		for (Object constant : constants) {
			if (((Enum<?>) constant).name().equals(value)) {
				return constant;
			}
		}
		return null;
	}

	private static @Nullable Object elements(List<?> list, Class<?> raw, Type type) {
		if (raw.isArray()) {
			Type element = (type instanceof GenericArrayType generic) ? generic.getGenericComponentType()
					: raw.getComponentType();
			Object array = Array.newInstance(raw.getComponentType(), list.size());
			for (int i = 0; i < list.size(); i++) {
				Array.set(array, i, convert(list.get(i), element));
			}
			return array;
		}
		Collection<@Nullable Object> collection;
		if (raw.isAssignableFrom(ArrayList.class)) {
			collection = new ArrayList<>();
		}
		else if (Set.class.isAssignableFrom(raw) && raw.isAssignableFrom(LinkedHashSet.class)) {
			collection = new LinkedHashSet<>();
		}
		else {
			return null;
		}
		list.forEach((element) -> collection.add(convert(element, argument(type, 0))));
		return collection;
	}

	private static @Nullable Object members(Map<?, ?> map, Class<?> raw, Type type) {
		if (raw.isAssignableFrom(LinkedHashMap.class)) {
			Map<Object, @Nullable Object> members = new LinkedHashMap<>();
			map.forEach((key, value) -> members.put(key, convert(value, argument(type, 1))));
			return members;
		}
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		map.forEach((key, value) -> row.put(String.valueOf(key), value));
		return raw.isInterface() || raw.getName().startsWith("java.") ? null : RowBinding.bind(row, raw);
	}

	private static Type argument(Type type, int index) {
		if (type instanceof ParameterizedType parameterized && parameterized.getActualTypeArguments().length > index) {
			return parameterized.getActualTypeArguments()[index];
		}
		return Object.class;
	}

	static Class<?> raw(Type type) {
		if (type instanceof Class<?> plain) {
			return plain;
		}
		if (type instanceof ParameterizedType parameterized) {
			return raw(parameterized.getRawType());
		}
		if (type instanceof GenericArrayType array) {
			return raw(array.getGenericComponentType()).arrayType();
		}
		return (type instanceof WildcardType wildcard) ? raw(wildcard.getUpperBounds()[0]) : Object.class;
	}

	private static Class<?> boxed(Class<?> type) {
		return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
	}

	/**
	 * Without an offset it is UTC.
	 */
	private static OffsetDateTime moment(String text) {
		boolean offset = text.indexOf('+') > 0 || text.endsWith("Z") || text.lastIndexOf('-') > text.indexOf('T');
		return offset ? OffsetDateTime.parse(text) : LocalDateTime.parse(text).atOffset(ZoneOffset.UTC);
	}

	private static char character(String text) {
		if (text.length() != 1) {
			throw new IllegalArgumentException("it has " + text.length() + " characters");
		}
		return text.charAt(0);
	}

}
