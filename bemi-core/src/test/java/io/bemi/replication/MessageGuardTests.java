package io.bemi.replication;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.bemi.change.Position;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessageGuard}.
 */
class MessageGuardTests {

	private static final int LONG = 2 << 20;

	private final List<Long> asked = new ArrayList<>();

	private static byte[] message(char type, byte[] content) {
		return ByteBuffer.allocate(5 + content.length).put((byte) type).putInt(4 + content.length).put(content).array();
	}

	private static byte[] row(int size, char kind) {
		return ByteBuffer.allocate(size)
			.put((byte) 'w')
			.putLong(0xA_0000_0010L)
			.putLong(0xB_0000_0020L)
			.putLong(1)
			.put((byte) kind)
			.putInt(16_384)
			.array();
	}

	private static byte[] all(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	/**
	 * Reads as a driver may: in pieces of any size.
	 */
	private byte[] read(byte[] sent, long fitting, int seed) throws IOException {
		Random random = new Random(seed);
		InputStream pieces = new InputStream() {

			private final InputStream in = new ByteArrayInputStream(sent);

			@Override
			public int read() {
				throw new IllegalStateException();
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				if (random.nextInt(20) == 0) {
					throw new SocketTimeoutException();
				}
				int most = random.nextBoolean() ? 7 : 100_000;
				return this.in.read(bytes, offset, Math.min(length, random.nextInt(1, most)));
			}

		};
		ByteArrayOutputStream received = new ByteArrayOutputStream();
		MessageGuard guard = new MessageGuard(pieces, (length) -> {
			this.asked.add(length);
			return length <= fitting;
		});
		byte[] buffer = new byte[200_000];
		while (true) {
			try {
				int count = guard.read(buffer, 0, random.nextInt(1, buffer.length));
				if (count < 0) {
					return received.toByteArray();
				}
				received.write(buffer, 0, count);
			}
			catch (SocketTimeoutException ex) {
				// Again, as the driver does.
			}
		}
	}

	private static byte[] greeting(String encryption) {
		return all(encryption.getBytes(StandardCharsets.US_ASCII), message('R', new byte[4]),
				message('S', new byte[30]), message('N', new byte[9]), message('D', new byte[LONG]),
				message('W', new byte[3]));
	}

	@Test
	void passesOnWhatFits() throws IOException {
		byte[] sent = all(greeting("NN"), message('d', row(LONG, 'I')), message('d', row(100, 'U')),
				message('Z', new byte[1]));
		for (int seed = 0; seed < 20; seed++) {
			this.asked.clear();
			assertThat(read(sent, LONG, seed)).isEqualTo(sent);
			assertThat(this.asked).containsExactly((long) LONG);
		}
	}

	@Test
	void namesWhatDoesNotFit() {
		byte[] sent = all(greeting("N"), message('d', row(100, 'I')), message('d', row(LONG, 'D')));
		for (int seed = 0; seed < 20; seed++) {
			int run = seed;
			assertThatExceptionOfType(MessageGuard.LongMessage.class).isThrownBy(() -> read(sent, LONG - 1, run))
				.satisfies((message) -> {
					assertThat(message.length).isEqualTo(LONG);
					assertThat(message.position).isEqualTo(Position.parse("A/10"));
					assertThat(message.relation).isEqualTo(16_384);
				});
		}
		byte[] context = all(greeting(""), message('d', row(LONG, 'M')));
		assertThatExceptionOfType(MessageGuard.LongMessage.class).isThrownBy(() -> read(context, 0, 1))
			.satisfies((message) -> assertThat(message.relation).isZero());
	}

	@Test
	void leavesAloneWhatIsEncrypted() throws IOException {
		for (String answer : List.of("S", "NS", "G", "\u0016")) {
			byte[] sent = all(answer.getBytes(StandardCharsets.US_ASCII), greeting(""), message('d', row(LONG, 'I')));
			assertThat(read(sent, 0, 1)).isEqualTo(sent);
			assertThat(this.asked).isEmpty();
		}
	}

}
