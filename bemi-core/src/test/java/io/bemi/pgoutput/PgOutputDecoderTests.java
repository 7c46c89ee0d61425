package io.bemi.pgoutput;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Truncate;
import io.bemi.pgoutput.PgOutputMessage.Update;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link PgOutputDecoder}.
 */
class PgOutputDecoderTests {

	private static final long MICROS_AT_2026 = 820_540_800_000_000L;

	private final PgOutputDecoder decoder = new PgOutputDecoder();

	@Test
	void decodesBegin() {
		assertThat(decode(new MessageBytes('B').int64(0xFFFFFFFF_00000010L).int64(MICROS_AT_2026 + 1).int32(-2)))
			.isEqualTo(new PgOutputMessage.Begin(Position.parse("FFFFFFFF/10"),
					Instant.parse("2026-01-01T00:00:00.000001Z"), -2));
	}

	@Test
	void decodesTimeBefore2000() {
		assertThat(decode(new MessageBytes('B').int64(1).int64(-1).int32(0)))
			.isEqualTo(new PgOutputMessage.Begin(new Position(1), Instant.parse("1999-12-31T23:59:59.999999Z"), 0));
	}

	@Test
	void decodesCommit() {
		assertThat(decode(new MessageBytes('C').int8(0).int64(16).int64(32).int64(MICROS_AT_2026))).isEqualTo(
				new PgOutputMessage.Commit(new Position(16), new Position(32), Instant.parse("2026-01-01T00:00:00Z")));
	}

	@Test
	void decodesOrigin() {
		assertThat(decode(new MessageBytes('O').int64(16).string("elsewhere")))
			.isEqualTo(new PgOutputMessage.Origin(new Position(16), "elsewhere"));
	}

	@Test
	void decodesRelation() {
		MessageBytes bytes = new MessageBytes('R').int32(16384)
			.string("Schemä")
			.string("a \"table\"")
			.int8('d')
			.int16(2);
		bytes.int8(1).string("id").int32(20).int32(-1);
		bytes.int8(0).string("name").int32(1043).int32(14);
		Relation relation = (Relation) decode(bytes);
		assertThat(relation).isEqualTo(new Relation(16384, "Schemä", "a \"table\"", 'd',
				List.of(new Column(true, "id", 20, -1), new Column(false, "name", 1043, 14))));
		assertThat(relation.indexOf("name")).isEqualTo(1);
		assertThat(relation.indexOf("Name")).isEqualTo(-1);
	}

	@Test
	void decodesType() {
		assertThat(decode(new MessageBytes('Y').int32(-1).string("public").string("mood")))
			.isEqualTo(new PgOutputMessage.Type(-1, "public", "mood"));
	}

	@Test
	void decodesInsert() {
		Insert insert = (Insert) decode(new MessageBytes('I').int32(7).tuple('N', "1", null, "", "Łódź 😀"));
		assertThat(insert.relation()).isEqualTo(7);
		Tuple row = insert.row();
		assertThat(row.size()).isEqualTo(4);
		assertThat(row.text(0)).isEqualTo("1");
		assertThat(row.isNull(1)).isTrue();
		assertThat(row.isUnchanged(1)).isFalse();
		assertThat(row.isNull(2)).isFalse();
		assertThat(row.text(2)).isEmpty();
		assertThat(row.text(3)).isEqualTo("Łódź 😀");
		assertThat(row).hasToString("('1', null, '', 'Łódź 😀')");
	}

	@Test
	void decodesUpdateWithoutOldRow() {
		Update update = (Update) decode(
				new MessageBytes('U').int32(7).tuple('N', "1", MessageBytes.UNCHANGED, "unchanged"));
		assertThat(update.key()).isNull();
		assertThat(update.old()).isNull();
		assertThat(update.row().isUnchanged(1)).isTrue();
		assertThat(update.row().isNull(1)).isFalse();
		assertThat(update.row().text(2)).isEqualTo("unchanged");
	}

	@Test
	void decodesUpdateWithKeyOrOldRow() {
		Update key = (Update) decode(new MessageBytes('U').int32(7).tuple('K', "1", null).tuple('N', "2", "b"));
		assertThat(key.old()).isNull();
		assertThat(key.key()).hasToString("('1', null)");
		assertThat(key.row()).hasToString("('2', 'b')");
		Update old = (Update) decode(new MessageBytes('U').int32(7).tuple('O', "1", "a").tuple('N', "1", "b"));
		assertThat(old.key()).isNull();
		assertThat(old.old()).hasToString("('1', 'a')");
		assertThat(old.row()).hasToString("('1', 'b')");
	}

	@Test
	void fillsUnchangedValuesFromKeyOrOldRow() {
		Update key = (Update) decode(new MessageBytes('U').int32(7)
			.tuple('K', "Ł", null)
			.tuple('N', MessageBytes.UNCHANGED, MessageBytes.UNCHANGED));
		assertThat(key.row()).hasToString("('Ł', an unchanged TOAST value)");
		Update old = (Update) decode(new MessageBytes('U').int32(7)
			.tuple('O', "a", "b", "c")
			.tuple('N', MessageBytes.UNCHANGED, "d", MessageBytes.UNCHANGED));
		assertThat(old.row()).hasToString("('a', 'd', 'c')");
		assertThat(old.old()).hasToString("('a', 'b', 'c')");
	}

	@Test
	void decodesDelete() {
		Delete key = (Delete) decode(new MessageBytes('D').int32(7).tuple('K', "1", null));
		assertThat(key.key()).hasToString("('1', null)");
		assertThat(key.old()).isNull();
		Delete old = (Delete) decode(new MessageBytes('D').int32(7).tuple('O', "1", "a"));
		assertThat(old.key()).isNull();
		assertThat(old.old()).hasToString("('1', 'a')");
	}

	@Test
	void decodesTruncate() {
		assertThat(decode(new MessageBytes('T').int32(2).int8(0).int32(7).int32(-8)))
			.isEqualTo(new Truncate(List.of(7, -8), false, false));
		assertThat(decode(new MessageBytes('T').int32(1).int8(1).int32(7)))
			.isEqualTo(new Truncate(List.of(7), true, false));
		assertThat(decode(new MessageBytes('T').int32(1).int8(2).int32(7)))
			.isEqualTo(new Truncate(List.of(7), false, true));
	}

	@Test
	void decodesLogicalMessage() {
		LogicalMessage message = (LogicalMessage) decode(
				new MessageBytes('M').int8(1).int64(48).string("_bemi").text("{\"user\": \"ä\"}"));
		assertThat(message.transactional()).isTrue();
		assertThat(message.position()).isEqualTo(new Position(48));
		assertThat(message.prefix()).isEqualTo("_bemi");
		assertThat(message.text()).isEqualTo("{\"user\": \"ä\"}");
		LogicalMessage binary = (LogicalMessage) decode(
				new MessageBytes('M').int8(0).int64(48).string("x").int32(2).int8(0xFF).int8(0));
		assertThat(binary.transactional()).isFalse();
		assertThat(binary.content()).isEqualTo(ByteBuffer.wrap(new byte[] { (byte) 0xFF, 0 }));
	}

	@Test
	void readsBetweenPositionAndLimitOfAnyBuffer() {
		byte[] message = new MessageBytes('I').int32(7).tuple('N', "abc").array();
		byte[] padded = new byte[message.length + 9];
		System.arraycopy(message, 0, padded, 5, message.length);
		ByteBuffer direct = ByteBuffer.allocateDirect(padded.length).put(padded);
		for (ByteBuffer buffer : List.of(ByteBuffer.wrap(padded), ByteBuffer.wrap(padded, 2, padded.length - 2).slice(),
				ByteBuffer.wrap(padded).asReadOnlyBuffer(), direct)) {
			int from = buffer.capacity() - message.length - 4;
			buffer.limit(from + message.length).position(from);
			assertThat(((Insert) this.decoder.decode(buffer)).row().text(0)).isEqualTo("abc");
			assertThat(buffer.position()).isEqualTo(from);
		}
	}

	@ParameterizedTest
	@MethodSource("messages")
	void refusesEveryShorterAndLongerMessage(byte[] message) {
		for (int length = 0; length < message.length; length++) {
			ByteBuffer prefix = ByteBuffer.wrap(message, 0, length);
			assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> this.decoder.decode(prefix))
				.withMessageContaining("offset");
		}
		byte[] longer = Arrays.copyOf(message, message.length + 1);
		assertThatExceptionOfType(PgOutputException.class)
			.isThrownBy(() -> this.decoder.decode(ByteBuffer.wrap(longer)))
			.withMessageContaining("offset " + message.length);
	}

	@Test
	void namesExpectedActualAndOffset() {
		assertRefused(new MessageBytes('S'),
				"Expected a message type (one of B, C, O, R, Y, I, U, D, T, M) at offset 0, but found 'S'");
		assertRefused(new MessageBytes('\u0001'), "but found 0x01");
		assertRefused(new MessageBytes(' '), "but found 0x20");
		assertRefused(new MessageBytes('!'), "but found '!'");
		assertRefused(new MessageBytes('~'), "but found '~'");
		assertRefused(new MessageBytes('\u007f'), "but found 0x7F");
		assertRefused(new MessageBytes('I').int32(7).tuple('O', "1"),
				"Expected a new tuple (N) at offset 5, but found 'O'");
		assertRefused(new MessageBytes('U').int32(7).tuple('K', "1").tuple('O', "1"),
				"Expected a new tuple (N) at offset 14, but found 'O'");
		assertRefused(new MessageBytes('D').int32(7).tuple('N', "1"),
				"Expected a key or an old tuple (K or O) at offset 5, but found 'N'");
		assertRefused(new MessageBytes('I').int32(7).int8('N').int16(1).int8('b').text("1"),
				"Expected a kind of value (one of n, u, t) at offset 8, but found 'b'");
		assertRefused(new MessageBytes('I').int32(7).int8('N').int16(1).int8('t').int32(-1), "but it is -1");
		assertRefused(new MessageBytes('I').int32(7).int8('N').int16(1).int8('t').int32(Integer.MAX_VALUE).int8('x'),
				"Expected 2147483647 bytes for the value at offset 13, but the message has 1 left");
		assertRefused(new MessageBytes('T').int32(-1).int8(0),
				"Expected 0 or more relations to truncate at offset 1, but found -1");
		assertRefused(new MessageBytes('T').int32(1).int8(4).int32(7), "truncate flags");
		assertRefused(new MessageBytes('R').int32(1).string("s").string("t").int8('x'),
				"Expected a replica identity (one of d, n, f, i) at offset 9, but found 'x'");
		assertRefused(new MessageBytes('Y').int32(1).int8('a'), "Expected a string that ends with a zero byte");
	}

	@Test
	void decodesAsManyColumnsAsATableMayHave() {
		String[] values = new String[1_600];
		Arrays.setAll(values, String::valueOf);
		Tuple row = ((Insert) decode(new MessageBytes('I').int32(7).tuple('N', values))).row();
		assertThat(row.size()).isEqualTo(1_600);
		assertThat(row.text(1_599)).isEqualTo("1599");
	}

	@Test
	void takesNoMemoryForAForgedNumberOfColumns() {
		assertRefused(new MessageBytes('I').int32(7).int8('N').int16(0xFFFF).int8('n'),
				"Expected 65535 bytes for the values at offset 8, but the message has 1 left");
		assertRefused(new MessageBytes('I').int32(7).int8('N').int16(3).int8('n').int8('n'),
				"Expected 3 bytes for the values at offset 8, but the message has 2 left");
	}

	@Test
	void decodesTruncateOfNothing() {
		assertThat(decode(new MessageBytes('T').int32(0).int8(0))).isEqualTo(new Truncate(List.of(), false, false));
	}

	@Test
	void hasNoTextForOtherKinds() {
		Tuple row = ((Insert) decode(new MessageBytes('I').int32(7).tuple('N', null, MessageBytes.UNCHANGED))).row();
		assertThatIllegalStateException().isThrownBy(() -> row.text(0)).withMessageContaining("null");
		assertThatIllegalStateException().isThrownBy(() -> row.text(1)).withMessageContaining("unchanged");
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> row.text(2));
	}

	@Test
	void answersRandomBytesWithMessageOrPgOutputException() {
		Random random = new Random(20260101);
		List<byte[]> messages = messages();
		for (int i = 0; i < 200_000; i++) {
			byte[] bytes;
			if (random.nextBoolean()) {
				bytes = new byte[random.nextInt(40)];
				random.nextBytes(bytes);
				if (bytes.length > 0) {
					bytes[0] = "BCORYIUDTM".getBytes(StandardCharsets.US_ASCII)[random.nextInt(10)];
				}
			}
			else {
				bytes = messages.get(random.nextInt(messages.size())).clone();
				for (int change = random.nextInt(3); change >= 0; change--) {
					bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
				}
			}
			try {
				assertThat(this.decoder.decode(ByteBuffer.wrap(bytes)).toString()).isNotNull();
			}
			catch (PgOutputException ex) {
				assertThat(ex.getMessage()).startsWith("Expected ");
			}
		}
	}

	static List<byte[]> messages() {
		return List.of(new MessageBytes('B').int64(1).int64(2).int32(3).array(),
				new MessageBytes('C').int8(0).int64(1).int64(2).int64(3).array(),
				new MessageBytes('O').int64(1).string("o").array(),
				new MessageBytes('R').int32(1)
					.string("s")
					.string("t")
					.int8('d')
					.int16(1)
					.int8(1)
					.string("id")
					.int32(20)
					.int32(-1)
					.array(),
				new MessageBytes('Y').int32(1).string("s").string("t").array(),
				new MessageBytes('I').int32(1).tuple('N', "1", null, MessageBytes.UNCHANGED).array(),
				new MessageBytes('U').int32(1).tuple('N', "1", "a").array(),
				new MessageBytes('U').int32(1).tuple('K', "1").tuple('N', "1").array(),
				new MessageBytes('D').int32(1).tuple('O', "1").array(),
				new MessageBytes('T').int32(2).int8(3).int32(1).int32(2).array(),
				new MessageBytes('M').int8(1).int64(1).string("_bemi").text("{}").array());
	}

	private PgOutputMessage decode(MessageBytes bytes) {
		return this.decoder.decode(bytes.buffer());
	}

	private void assertRefused(MessageBytes bytes, String message) {
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> decode(bytes))
			.withMessageContaining(message);
	}

}
