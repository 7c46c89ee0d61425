package io.bemi.query;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What {@code @>} of {@code jsonb} means.
 */
final class JsonContainment {

	private JsonContainment() {
	}

	static boolean contains(@Nullable Object whole, @Nullable Object part) {
		if (whole instanceof Map<?, ?> map && part instanceof Map<?, ?> entries) {
			return entries.entrySet()
				.stream()
				.allMatch((entry) -> map.containsKey(entry.getKey())
						&& contains(map.get(entry.getKey()), entry.getValue()));
		}
		if (whole instanceof List<?> list && part instanceof List<?> elements) {
			return elements.stream().allMatch((element) -> list.stream().anyMatch((one) -> contains(one, element)));
		}
		if (whole instanceof BigDecimal number && part instanceof BigDecimal other) {
			return number.compareTo(other) == 0;
		}
		return !(whole instanceof Map) && !(whole instanceof List) && Objects.equals(whole, part);
	}

	static boolean same(@Nullable Object one, @Nullable Object other) {
		return contains(one, other) && contains(other, one);
	}

}
