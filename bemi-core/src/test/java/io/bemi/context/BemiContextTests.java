package io.bemi.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link BemiContext}.
 */
class BemiContextTests {

	@AfterEach
	void nothingIsLeftOpen() {
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void isEmptyOutsideOfAnyScope() {
		assertThat(BemiContext.current()).isEmpty();
	}

	@Test
	void scopesNestByMergingAndInnerKeysWin() {
		try (BemiContext.Scope outer = BemiContext.open(Map.of("user", "a", "job", "x"))) {
			try (BemiContext.Scope inner = BemiContext.open(Map.of("user", "b"))) {
				assertThat(BemiContext.current()).isEqualTo(Map.of("user", "b", "job", "x"));
			}
			assertThat(BemiContext.current()).isEqualTo(Map.of("user", "a", "job", "x"));
		}
	}

	@Test
	void putAddsToTheInnermostScopeOnly() {
		BemiContext.run(Map.of("user", "a"), () -> {
			BemiContext.run(Map.of(), () -> {
				BemiContext.put("order", 7);
				assertThat(BemiContext.current()).isEqualTo(Map.of("user", "a", "order", 7));
			});
			assertThat(BemiContext.current()).isEqualTo(Map.of("user", "a"));
		});
	}

	@Test
	void putOutsideOfAnyScopeHasNoEffect() {
		BemiContext.put("order", 7);
		assertThat(BemiContext.current()).isEmpty();
	}

	@Test
	void callGivesTheResultAndClosesAfterFailure() throws Exception {
		assertThat(BemiContext.<Object>call(Map.of("user", "a"), () -> BemiContext.current().get("user")))
			.isEqualTo("a");
		assertThatThrownBy(() -> BemiContext.call(Map.of("user", "a"), () -> {
			throw new java.io.IOException("x");
		})).isInstanceOf(java.io.IOException.class);
	}

	@Test
	void currentIsUnmodifiableAndCopied() {
		List<String> roles = new ArrayList<>(List.of("r"));
		BemiContext.run(Map.of("roles", roles), () -> {
			roles.add("later");
			assertThat(BemiContext.current()).isEqualTo(Map.of("roles", List.of("r")));
			assertThatThrownBy(() -> BemiContext.current().put("a", "b"))
				.isInstanceOf(UnsupportedOperationException.class);
		});
	}

	@Test
	void otherThreadsSeeNothing() throws InterruptedException {
		List<Map<String, Object>> seen = new ArrayList<>();
		try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			Thread thread = new Thread(() -> {
				seen.add(BemiContext.current());
				scope.close();
			});
			thread.start();
			thread.join();
			assertThat(BemiContext.current()).containsKey("user");
		}
		assertThat(seen).containsExactly(Map.of());
	}

	@Test
	void outerScopeClosesTheInnerOnesWithIt() {
		BemiContext.Scope outer = BemiContext.open(Map.of("user", "a"));
		BemiContext.Scope inner = BemiContext.open(Map.of("user", "b"));
		outer.close();
		assertThat(BemiContext.current()).isEmpty();
		inner.close();
		outer.close();
		assertThat(BemiContext.current()).isEmpty();
	}

	@Test
	void equalContextsAreEqualSnapshots() {
		try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			ContextSnapshot first = ContextSnapshot.current();
			BemiContext.run(Map.of(), () -> assertThat(ContextSnapshot.current()).isEqualTo(first));
			BemiContext.run(Map.of("user", "a"), () -> assertThat(ContextSnapshot.current()).isEqualTo(first));
			BemiContext.run(Map.of("user", "b"), () -> assertThat(ContextSnapshot.current()).isNotEqualTo(first));
			assertThat(first.toString()).doesNotContain("=a");
		}
		BemiContext.run(Map.of(), () -> assertThat(ContextSnapshot.current()).isNotEqualTo(ContextSnapshot.NONE));
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesNull() {
		assertThatIllegalArgumentException().isThrownBy(() -> BemiContext.open(null))
			.withMessage("'context' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> BemiContext.put(null, "x"))
			.withMessage("'key' must not be null");
	}

}
