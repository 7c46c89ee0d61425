package io.bemi.store;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CopyText}.
 */
class CopyTextTests {

	@Test
	void separatesAndEndsRows() {
		CopyText text = new CopyText();
		text.add("a").add((String) null).add(7).endRow();
		text.add("").endRow();
		assertThat(text).hasToString("a\t\\N\t7\n\n");
	}

	@Test
	void escapesWhatWouldEndAValue() {
		CopyText text = new CopyText();
		text.add("\\N\t\r\n\\.").endRow();
		assertThat(text).hasToString("\\\\N\\t\\r\\n\\\\.\n");
	}

	@Test
	void quotesArrays() {
		CopyText text = new CopyText();
		text.add(List.of("a\"b", "c\\d", "NULL", "")).add(List.of()).endRow();
		assertThat(text).hasToString("{\"a\\\\\"b\",\"c\\\\\\\\d\",\"NULL\",\"\"}\t\\N\n");
	}

}
