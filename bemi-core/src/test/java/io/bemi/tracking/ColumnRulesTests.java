package io.bemi.tracking;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ColumnRules}.
 */
class ColumnRulesTests {

	private static final String KEY = "0123456789abcdef0123456789abcdef";

	private static boolean excludes(String pattern, String schema, String table, String column) {
		return new ColumnRules(List.of(pattern), List.of(), null, List.of()).excludes(schema, table, column);
	}

	private static String mask(ColumnRules rules, String value) {
		byte[] text = ("<" + value + ">").getBytes(StandardCharsets.UTF_8);
		return new String(Objects.requireNonNull(rules.mask("public", "user", "ssn")).mask(text, 1, text.length - 2),
				StandardCharsets.UTF_8);
	}

	private static ColumnRules masking(String key, String... rules) {
		return new ColumnRules(List.of(), List.of(rules), key, List.of());
	}

	@Test
	void namesColumnsByOneTwoOrThreeParts() {
		assertThat(excludes("ssn", "public", "user", "ssn")).isTrue();
		assertThat(excludes("user.ssn", "any", "user", "ssn")).isTrue();
		assertThat(excludes("*.ssn", "any", "user", "ssn")).isTrue();
		assertThat(excludes("public.user.ssn", "public", "user", "ssn")).isTrue();
		assertThat(excludes(" public.*.* ", "public", "user", "ssn")).isTrue();
		assertThat(excludes("public.user.ssn", "other", "user", "ssn")).isFalse();
		assertThat(excludes("user.ssn", "user", "ssn", "other")).isFalse();
		assertThat(excludes("ssn", "public", "user", "ssn2")).isFalse();
		assertThat(excludes("SSN", "public", "user", "ssn")).isFalse();
	}

	@Test
	void takesStarsForAnyTextWithinAPart() {
		assertThat(excludes("last_*", "public", "user", "last_seen")).isTrue();
		assertThat(excludes("*_count", "public", "user", "post_count")).isTrue();
		assertThat(excludes("u*r.*_*", "public", "user", "post_count")).isTrue();
		// Not across names, of which one may look like a part of the pattern.
		assertThat(excludes("user*", "public", "user", "name")).isFalse();
		assertThat(excludes("*.b.c", "public", "b", "c")).isTrue();
		assertThat(excludes("a*b.c", "public", "a.b", "c")).isTrue();
		assertThat(excludes("t.a(b", "public", "t", "a(b")).isTrue();
		assertThat(excludes("t.a*", "public", "t", "a\nb")).isTrue();
	}

	@Test
	void hashesAreTheSameForTheSameValueAndKeyOnly() {
		ColumnRules rules = masking(KEY, "*.ssn");
		assertThat(mask(rules, "123")).matches("hmac:[0-9a-f]{64}").hasSize(ColumnMask.LONGEST);
		assertThat(mask(rules, "123")).isEqualTo(mask(masking(KEY, "user.ssn"), "123"))
			.isNotEqualTo(mask(rules, "124"))
			.isNotEqualTo(mask(masking(KEY + "!", "*.ssn"), "123"));
		// As openssl computes it.
		assertThat(mask(rules, "what do ya want for nothing?"))
			.isEqualTo("hmac:137e6557c3c13a1ca5dc7e52a389a0f86be8cb4db4ae61c62396058b00acacd0");
	}

	@Test
	void constantsAreTheSameForAllValues() {
		assertThat(mask(masking(KEY, "*.ssn=***"), "123")).isEqualTo("***");
		assertThat(mask(masking(KEY, "other.ssn", "user.ssn = gone ", "*.ssn"), "123")).isEqualTo("gone");
		assertThat(new ColumnRules(List.of(), List.of("ssn=***"), null, List.of()).mask("a", "b", "c")).isNull();
	}

	@Test
	void fingerprintsTellMasksApart() {
		String first = Objects.requireNonNull(masking(KEY, "a").mask("s", "t", "a")).fingerprint();
		assertThat(first).isEqualTo(Objects.requireNonNull(masking(KEY, "*").mask("s", "t", "a")).fingerprint())
			.isNotEqualTo(Objects.requireNonNull(masking(KEY + "!", "a").mask("s", "t", "a")).fingerprint());
		assertThat(Objects.requireNonNull(masking(KEY, "a=x").mask("s", "t", "a")).fingerprint())
			.isNotEqualTo(Objects.requireNonNull(masking(KEY, "a=y").mask("s", "t", "a")).fingerprint());
	}

	@Test
	void saysWhatIsWrong() {
		assertThatIllegalArgumentException().isThrownBy(() -> excludes("a.b.c.d", "", "", ""))
			.withMessageStartingWith("'bemi.tracking.columns.exclude' has 'a.b.c.d': expected 'schema.table.column'");
		assertThatIllegalArgumentException().isThrownBy(() -> excludes("a.", "", "", ""));
		assertThatIllegalArgumentException().isThrownBy(() -> masking(KEY, "=x"))
			.withMessageStartingWith("'bemi.tracking.columns.mask'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ColumnRules(List.of(), List.of("*.ssn"), null, List.of()))
			.withMessage("'bemi.tracking.columns.mask' has '*.ssn', which asks for a hash: set"
					+ " 'bemi.tracking.columns.mask-key', or write '*.ssn=***'");
		assertThatIllegalArgumentException().isThrownBy(() -> masking("short", "*.ssn"))
			.withMessage("'bemi.tracking.columns.mask-key' must have at least 32 characters, but has 5");
		assertThatIllegalArgumentException().isThrownBy(() -> masking(KEY, "a=" + "x".repeat(70)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ColumnRules(List.of(), List.of(), null, List.of("a..b")))
			.withMessageStartingWith("'bemi.tracking.ignore'");
	}

	@Test
	void doesNotPrintTheKey() {
		assertThat(masking(KEY, "*.ssn", "phone=***")).hasToString(
				"left out [], masked [*.ssn by a hash, phone by '***'], ignored where nothing else changes []");
	}

	@Test
	void ignoresByPattern() {
		ColumnRules rules = new ColumnRules(List.of(), List.of(), null, List.of("*.updated_at", "todo.version"));
		assertThat(rules.ignores("public", "todo", "version")).isTrue();
		assertThat(rules.ignores("public", "other", "version")).isFalse();
		assertThat(rules.isEmpty()).isFalse();
		assertThat(ColumnRules.NONE.isEmpty()).isTrue();
	}

	@Test
	void knowsRulesThatAreAboutNothing() {
		ColumnRules rules = new ColumnRules(List.of("user.pasword", "ssn"), List.of("phon=***"), null,
				List.of("user.pasword", "*_at"));
		assertThat(rules.unmatched(List.of(new ColumnRules.ColumnName("public", "user", "ssn"),
				new ColumnRules.ColumnName("public", "user", "updated_at"))))
			.containsExactly("user.pasword", "phon");
	}

}
