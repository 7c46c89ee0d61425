package io.bemi.change;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Change}: its values as types of an application.
 */
class ChangeTests {

	private static final UUID ID = UUID.randomUUID();

	private static Change change(Operation operation, Map<String, @Nullable Object> values,
			Map<String, @Nullable Object> before) {
		return new Change("1", "1", values, before, List.of(), List.of(), Map.of(), "shop", "public", "todo", operation,
				Instant.EPOCH, 1, Position.ZERO, 0, "bemi_shop");
	}

	private static Map<String, @Nullable Object> row(@Nullable Object... members) {
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		for (int i = 0; i < members.length; i += 2) {
			row.put(String.valueOf(members[i]), members[i + 1]);
		}
		return row;
	}

	private static <T> @Nullable T valueOf(@Nullable Object value, Class<T> type) {
		return change(Operation.UPDATE, row("c", value), row()).valueOf("c", type);
	}

	@Test
	void givesNumbers() {
		BigDecimal seven = new BigDecimal("7");
		assertThat(valueOf(seven, Integer.class)).isEqualTo(7);
		assertThat(valueOf(seven, long.class)).isEqualTo(7L);
		assertThat(valueOf(seven, Short.class)).isEqualTo((short) 7);
		assertThat(valueOf(seven, Byte.class)).isEqualTo((byte) 7);
		assertThat(valueOf(seven, BigInteger.class)).isEqualTo(BigInteger.valueOf(7));
		assertThat(valueOf(new BigDecimal("1.500"), BigDecimal.class)).isEqualTo(new BigDecimal("1.500"));
		assertThat(valueOf(new BigDecimal("1.5"), double.class)).isEqualTo(1.5);
		assertThat(valueOf(new BigDecimal("1.5"), Float.class)).isEqualTo(1.5f);
		assertThat(valueOf("NaN", Double.class)).isNaN();
		assertThat(valueOf("Infinity", Double.class)).isInfinite();
		assertThat(valueOf(seven, String.class)).isEqualTo("7");
	}

	@Test
	void losesNoDigit() {
		assertThatIllegalArgumentException().isThrownBy(() -> valueOf(new BigDecimal("1.5"), Integer.class))
			.withMessageStartingWith("Column 'c': '1.5' is no java.lang.Integer");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> valueOf(new BigDecimal("9223372036854775808"), Long.class));
		assertThatIllegalArgumentException().isThrownBy(() -> valueOf("text", LocalDate.class));
		assertThatIllegalArgumentException().isThrownBy(() -> valueOf("text", Boolean.class));
		assertThatIllegalArgumentException().isThrownBy(() -> valueOf(true, Integer.class));
		assertThatIllegalArgumentException().isThrownBy(() -> valueOf("", Character.class));
		assertThatIllegalArgumentException().isThrownBy(() -> valueOf("NODAY", DayOfWeek.class));
	}

	@Test
	void givesWhatIsText() {
		assertThat(valueOf("x", String.class)).isEqualTo("x");
		assertThat(valueOf("x", char.class)).isEqualTo('x');
		assertThat(valueOf(ID.toString(), UUID.class)).isEqualTo(ID);
		assertThat(valueOf("2026-01-31", LocalDate.class)).isEqualTo("2026-01-31");
		assertThat(valueOf("23:59:59.5", LocalTime.class)).isEqualTo("23:59:59.5");
		assertThat(valueOf("2026-01-31T23:59:59.5", LocalDateTime.class)).isEqualTo("2026-01-31T23:59:59.5");
		assertThat(valueOf("2026-01-31T23:59:59.5+00:00", OffsetDateTime.class)).isEqualTo("2026-01-31T23:59:59.5Z");
		assertThat(valueOf("2026-01-31T23:59:59.5+00:00", Instant.class)).isEqualTo("2026-01-31T23:59:59.5Z");
		assertThat(valueOf("2026-01-31T23:59:59", Instant.class)).isEqualTo("2026-01-31T23:59:59Z");
		assertThat(valueOf("2026-01-31T23:59:59+00:00", Date.class)).isEqualTo(Instant.parse("2026-01-31T23:59:59Z"));
		assertThat(valueOf("MONDAY", DayOfWeek.class)).isEqualTo(DayOfWeek.MONDAY);
		assertThat(valueOf(BigDecimal.ONE, DayOfWeek.class)).isEqualTo(DayOfWeek.TUESDAY);
		assertThat(valueOf("\\x00ff", byte[].class)).containsExactly(0, 255);
		assertThat(valueOf(true, boolean.class)).isTrue();
	}

	@Test
	void givesDocuments() {
		assertThat(valueOf(List.of("a", "b"), String[].class)).containsExactly("a", "b");
		assertThat(valueOf(List.of(BigDecimal.ONE), int[].class)).containsExactly(1);
		assertThat(valueOf(List.of(List.of(BigDecimal.ONE)), int[][].class)).isDeepEqualTo(new int[][] { { 1 } });
		assertThat(valueOf(List.of("a"), List.class)).isEqualTo(List.of("a"));
		assertThat(valueOf(Map.of("a", true), Map.class)).isEqualTo(Map.of("a", true));
		assertThat(valueOf(row("street_name", "x", "number", BigDecimal.TEN), Address.class))
			.isEqualTo(new Address("x", 10));
		assertThat(valueOf(row("street", 1), Object.class)).isEqualTo(row("street", 1));
	}

	@Test
	void nullAndWhatIsAbsentIsNull() {
		assertThat(valueOf(null, Integer.class)).isNull();
		assertThat(change(Operation.CREATE, row(), row()).valueOf("other", int.class)).isNull();
		assertThat(change(Operation.UPDATE, row(), row("c", "x")).beforeOf("c", String.class)).isEqualTo("x");
	}

	@Test
	void givesRecords() {
		Change change = change(Operation.UPDATE,
				row("id", BigDecimal.ONE, "due_at", "2026-01-31T23:59:59+00:00", "tags", Arrays.asList("a", "a"),
						"isDone", true, "address", row("streetName", "x"), "unknown", "y"),
				row("id", BigDecimal.ONE, "isDone", null));
		assertThat(change.toEntity(Todo.class)).isEqualTo(
				new Todo(1, Instant.parse("2026-01-31T23:59:59Z"), Set.of("a"), true, new Address("x", 0), null));
		assertThat(change.toEntityBefore(Todo.class)).isEqualTo(new Todo(1, null, null, false, null, null));
	}

	@Test
	void givesObjectsWithFields() {
		Change change = change(Operation.DELETE, row(),
				row("id", BigDecimal.TEN, "full_name", "Ann", "count", null, "unknown", 1));
		Person person = change.toEntity(Person.class);
		assertThat(person.id).isEqualTo(10);
		assertThat(person.fullName).isEqualTo("Ann");
		assertThat(person.count).isEqualTo(5);
		assertThat(person.nickname).isEqualTo("none");
		assertThat(person.cached).isEqualTo("cached");
	}

	@Test
	void saysWhatDoesNotFit() {
		Change change = change(Operation.CREATE, row("id", "no number"), row());
		assertThatIllegalArgumentException().isThrownBy(() -> change.toEntity(Person.class))
			.withMessageStartingWith("Column 'id': 'no number' is no ");
		assertThatIllegalArgumentException().isThrownBy(() -> change.toEntity(Integer.class));
		assertThat(change.toEntityBefore(Person.class)).isNull();
		assertThatIllegalStateException()
			.isThrownBy(() -> change(Operation.TRUNCATE, row(), row()).toEntity(Person.class));
	}

	private record Todo(long id, @Nullable Instant dueAt, @Nullable Set<String> tags, boolean isDone,
			@Nullable Address address, @Nullable String absent) {
	}

	private record Address(String streetName, int number) {
	}

	private static class Identified {

		protected int id;

	}

	private static final class Person extends Identified {

		private static final String CONSTANT = "x";

		private String fullName = "";

		private int count = 5;

		private String nickname = "none";

		private transient String cached = "cached";

		private Person() {
			assertThat(CONSTANT).isNotNull();
		}

	}

}
