package io.bemi.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CopyText}.
 */
class CopyTextTests {

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private final List<Integer> pieces = new ArrayList<>();

	private final CopyText text = new CopyText((piece, offset, length) -> {
		this.bytes.write(piece, offset, length);
		this.pieces.add(length);
	});

	private String written() throws SQLException {
		this.text.end();
		return this.bytes.toString(StandardCharsets.UTF_8);
	}

	@Test
	void separatesAndEndsRows() throws SQLException {
		this.text.add("a").add((String) null).add(7).endRow();
		this.text.add("").endRow();
		assertThat(written()).isEqualTo("a\t\\N\t7\n\n");
	}

	@Test
	void escapesWhatWouldEndAValue() throws SQLException {
		this.text.add("\\N\t\r\n\\.").endRow();
		assertThat(written()).isEqualTo("\\\\N\\t\\r\\n\\\\.\n");
	}

	@Test
	void handsOnPiecesOfOneSize() throws SQLException {
		String value = "12345678901234\té".repeat(10_000);
		this.text.add("first").add(value).endRow();
		byte[] more = value.getBytes(StandardCharsets.UTF_8);
		this.text.begin().write(more, 0, more.length);
		this.text.endRow();
		assertThat(written())
			.isEqualTo("first\t" + value.replace("\t", "\\t") + "\n" + value.replace("\t", "\\t") + "\n");
		assertThat(this.pieces.subList(0, this.pieces.size() - 1)).hasSizeGreaterThan(4).containsOnly(1 << 16);
	}

}
