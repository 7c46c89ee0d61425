package io.bemi.pgoutput;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mutated messages give a message or a {@link PgOutputException}: in bounded time and
 * memory, and never a row whose lengths disagree with the bytes. The long form takes a
 * million.
 */
class PgOutputDecoderFuzzTests {

	private static final int RUNS = Boolean.getBoolean("bemi.soak") ? 1_000_000 : 50_000;

	/** For a message of a few hundred bytes, or an error with its trace. */
	private static final long MOST_BYTES = 64_000;

	/** Until then classes are loaded. */
	private static final int WARM_UP = 5_000;

	private static final int[] EXTREMES = { 0, 1, 2, -1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
			0x7FFF_FFF0, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xFFFF_FF00, 0x4000_0000, 0x3FFF_FFFF };

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final PgOutputDecoder decoder = new PgOutputDecoder();

	@Test
	@Timeout(300)
	void answersMutatedMessagesWithMessageOrPgOutputException() {
		Random random = new Random(42);
		List<byte[]> corpus = corpus();
		Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
		long thread = Thread.currentThread().getId();
		for (int i = 0; i < RUNS; i++) {
			byte[] bytes = mutated(random, corpus);
			// The message need not start where the array does, nor end where it ends.
			int before = random.nextInt(3);
			byte[] array = new byte[before + bytes.length + random.nextInt(3)];
			random.nextBytes(array);
			System.arraycopy(bytes, 0, array, before, bytes.length);
			ByteBuffer buffer = ByteBuffer.wrap(array, before, bytes.length);
			long allocated = THREADS.getThreadAllocatedBytes(thread);
			PgOutputMessage message = null;
			String error = null;
			try {
				message = this.decoder.decode(buffer);
			}
			catch (PgOutputException ex) {
				error = ex.getMessage();
			}
			if (i > WARM_UP) {
				assertThat(THREADS.getThreadAllocatedBytes(thread) - allocated).as(() -> Arrays.toString(bytes))
					.isLessThan(MOST_BYTES);
			}
			outcomes.merge((message != null) ? Outcome.MESSAGE : Outcome.ERROR, 1, Integer::sum);
			// A second reading of the same bytes, by the book, comes to the same end.
			assertThat((message != null) ? MessageWalk.of(message) : null).as(() -> Arrays.toString(bytes))
				.isEqualTo(MessageWalk.of(bytes));
			if (message == null) {
				assertThat(error).as(() -> Arrays.toString(bytes)).startsWith("Expected ").contains("offset ");
			}
		}
		// Both ways are taken often enough to mean something.
		assertThat(outcomes.get(Outcome.MESSAGE)).isGreaterThan(RUNS / 50);
		assertThat(outcomes.get(Outcome.ERROR)).isGreaterThan(RUNS / 10);
	}

	private static byte[] mutated(Random random, List<byte[]> corpus) {
		byte[] bytes = pick(random, corpus).clone();
		for (int i = random.nextInt(3); i >= 0; i--) {
			bytes = mutation(random, bytes, corpus);
		}
		return bytes;
	}

	private static byte[] mutation(Random random, byte[] bytes, List<byte[]> corpus) {
		return switch (random.nextInt(9)) {
			case 0 -> flip(random, bytes);
			case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
			case 2 -> insert(random, bytes);
			case 3 -> extreme(random, bytes, 4);
			case 4 -> extreme(random, bytes, 2);
			case 5 -> splice(random, bytes, pick(random, corpus));
			case 6 -> bytes;
			case 7 -> nudge(random, bytes);
			default -> (random.nextInt(4) == 0) ? noise(random) : nudge(random, bytes);
		};
	}

	private static byte[] flip(Random random, byte[] bytes) {
		if (bytes.length > 0) {
			bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
		}
		return bytes;
	}

	/** Kinds, types and flags by others of them. */
	private static byte[] nudge(Random random, byte[] bytes) {
		if (bytes.length > 0) {
			bytes[random.nextInt(bytes.length)] = (byte) "BCORYIUDTMNKOntudfi\0\1\2".charAt(random.nextInt(22));
		}
		return bytes;
	}

	private static byte[] insert(Random random, byte[] bytes) {
		int at = random.nextInt(bytes.length + 1);
		byte[] more = new byte[random.nextInt(6)];
		random.nextBytes(more);
		byte[] joined = Arrays.copyOf(bytes, bytes.length + more.length);
		System.arraycopy(more, 0, joined, at, more.length);
		System.arraycopy(bytes, at, joined, at + more.length, bytes.length - at);
		return joined;
	}

	private static byte[] extreme(Random random, byte[] bytes, int width) {
		if (bytes.length < width) {
			return bytes;
		}
		int value = EXTREMES[random.nextInt(EXTREMES.length)];
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		int at = random.nextInt(bytes.length - width + 1);
		if (width == 4) {
			buffer.putInt(at, value);
		}
		else {
			buffer.putShort(at, (short) value);
		}
		return bytes;
	}

	private static byte[] splice(Random random, byte[] head, byte[] tail) {
		int to = random.nextInt(head.length + 1);
		int from = random.nextInt(tail.length + 1);
		byte[] spliced = Arrays.copyOf(head, to + tail.length - from);
		System.arraycopy(tail, from, spliced, to, tail.length - from);
		return spliced;
	}

	private static byte[] noise(Random random) {
		byte[] noise = new byte[random.nextInt(64)];
		random.nextBytes(noise);
		return noise;
	}

	private static byte[] pick(Random random, List<byte[]> corpus) {
		return corpus.get(random.nextInt(corpus.size()));
	}

	/** As servers send them, of every type. */
	private static List<byte[]> corpus() {
		List<byte[]> corpus = new ArrayList<>(PgOutputDecoderTests.messages());
		MessageBytes relation = new MessageBytes('R').int32(16_384).string("public").string("todo").int8('f').int16(4);
		for (String column : List.of("id", "a \"name\"", "ä", "x".repeat(63))) {
			relation.int8(1).string(column).int32(25).int32(-1);
		}
		corpus.add(relation.array());
		String large = "y".repeat(300);
		corpus.add(new MessageBytes('I').int32(16_384).tuple('N', "1", large, "ä😀", null, "", "{1,2}").array());
		corpus.add(new MessageBytes('U').int32(16_384)
			.tuple('O', "1", large, null, "b")
			.tuple('N', "2", MessageBytes.UNCHANGED, MessageBytes.UNCHANGED, "c")
			.array());
		corpus.add(new MessageBytes('U').int32(16_384).tuple('K', "1", null).tuple('N', "2", "b").array());
		corpus.add(new MessageBytes('D').int32(16_384).tuple('K', "1", null, null).array());
		corpus.add(new MessageBytes('M').int8(1).int64(1L << 40).string("_bemi").text("{\"user\": \"ä\"}").array());
		corpus.add(new MessageBytes('T').int32(3).int8(1).int32(1).int32(2).int32(-3).array());
		return corpus;
	}

	private enum Outcome {

		MESSAGE, ERROR

	}

}
