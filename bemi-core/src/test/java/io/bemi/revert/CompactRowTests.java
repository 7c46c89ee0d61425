package io.bemi.revert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A compact row is the map that it was made from.
 */
class CompactRowTests {

	private static final Map<String, @Nullable Object> ROW = row();

	private static Map<String, @Nullable Object> row() {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		row.put("b", "text");
		row.put("a", null);
		row.put("c", List.of(true));
		return row;
	}

	@Test
	void equalsTheMapThatItWasMadeFrom() {
		Map<String, @Nullable Object> compact = new Shapes().compact(ROW);
		assertThat(compact).isInstanceOf(CompactRow.class).isEqualTo(ROW).hasSameHashCodeAs(ROW);
		assertThat(ROW).isEqualTo(compact);
		assertThat(compact.keySet()).isEqualTo(ROW.keySet()).containsExactly("b", "a", "c");
		assertThat(compact.entrySet()).isEqualTo(ROW.entrySet());
		assertThat(compact.containsKey("a")).isTrue();
		assertThat(compact.containsKey("d")).isFalse();
		assertThat(compact.get("d")).isNull();
	}

	@Test
	void hasTheColumnsThatThereAre() {
		Map<String, @Nullable Object> some = CompactRow.of(ROW, List.of("c", "d", "a"));
		assertThat(some.keySet()).containsExactly("c", "a");
		assertThat(Rows.without(some, List.of("c"))).isEqualTo(Rows.only(ROW, List.of("a")));
		assertThat(CompactRow.of(ROW, some.keySet())).isEqualTo(some);
	}

	@Test
	void cannotBeChanged() {
		Map<String, @Nullable Object> compact = new Shapes().compact(ROW);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> compact.put("a", 1));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> compact.remove("a"));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> compact.keySet().removeIf((name) -> true));
	}

}
