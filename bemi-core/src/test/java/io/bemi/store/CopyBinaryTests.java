package io.bemi.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CopyBinary}.
 */
class CopyBinaryTests {

	private static final String HEADER = "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0";

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private final CopyBinary rows = new CopyBinary(2, this.bytes::write);

	private ByteBuffer written() throws SQLException {
		this.rows.end();
		byte[] all = this.bytes.toByteArray();
		assertThat(new String(all, 0, HEADER.length(), StandardCharsets.ISO_8859_1)).isEqualTo(HEADER);
		ByteBuffer body = ByteBuffer.wrap(all, HEADER.length(), all.length - HEADER.length());
		assertThat(body.getShort(body.limit() - 2)).isEqualTo((short) -1);
		return body.limit(body.limit() - 2);
	}

	@Test
	void hasAHeaderAndAnEnd() throws SQLException {
		assertThat(written().remaining()).isZero();
	}

	@Test
	void eachRowSaysHowManyColumnsItHas() throws SQLException {
		this.rows.add(7L).addNull().endRow();
		this.rows.add(8).add('C').endRow();
		ByteBuffer written = written();
		assertThat(written.getShort()).isEqualTo((short) 2);
		assertThat(written.getInt()).isEqualTo(8);
		assertThat(written.getLong()).isEqualTo(7);
		assertThat(written.getInt()).isEqualTo(-1);
		assertThat(written.getShort()).isEqualTo((short) 2);
		assertThat(written.getInt()).isEqualTo(4);
		assertThat(written.getInt()).isEqualTo(8);
		assertThat(written.getInt()).isEqualTo(1);
		assertThat(written.get()).isEqualTo((byte) 'C');
		assertThat(written.remaining()).isZero();
	}

	@Test
	void timesAreInMicrosecondsSince2000() throws SQLException {
		this.rows.add(Instant.parse("2000-01-01T00:00:01.000002Z")).add(Instant.parse("1999-12-31T23:59:59Z")).endRow();
		ByteBuffer written = written().position(HEADER.length() + 6);
		assertThat(written.getLong()).isEqualTo(1_000_002);
		written.getInt();
		assertThat(written.getLong()).isEqualTo(-1_000_000);
	}

	@Test
	void textsAndDocumentsHaveTheirLengthInBytes() throws SQLException {
		byte[] json = "{\"a\":\"é\"}".getBytes(StandardCharsets.UTF_8);
		this.rows.add("é\t");
		this.rows.beginJson(json.length).write(json, 0, json.length);
		this.rows.endRow();
		ByteBuffer written = written().position(HEADER.length() + 2);
		assertThat(written.getInt()).isEqualTo(3);
		written.position(written.position() + 3);
		assertThat(written.getInt()).isEqualTo(json.length + 1);
		assertThat(written.get()).isEqualTo((byte) 1);
		assertThat(written.remaining()).isEqualTo(json.length);
	}

	@Test
	void arraysHaveADimension() throws SQLException {
		this.rows.add(List.of("a", "bc")).add(List.of()).endRow();
		ByteBuffer written = written().position(HEADER.length() + 2);
		assertThat(written.getInt()).isEqualTo(5 * 4 + 5 + 6);
		for (int number : new int[] { 1, 0, 25, 2, 1, 1 }) {
			assertThat(written.getInt()).isEqualTo(number);
		}
		assertThat(written.get()).isEqualTo((byte) 'a');
		assertThat(written.getInt()).isEqualTo(2);
		written.getShort();
		assertThat(written.getInt()).isEqualTo(-1);
		assertThat(written.remaining()).isZero();
	}

}
