package io.bemi.stitching;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.stitching.ContextMessage.Source;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Stitcher} and {@link Stitching}.
 */
class StitcherTests {

	@Test
	void givesRowToNextMessage() {
		assertThat(stitch(row(10), bemi(20), row(30), bemi(40))).containsExactly(0, 1);
	}

	@Test
	void givesRowsAfterLastMessageToLastMessage() {
		assertThat(stitch(row(10), bemi(20), row(30), row(40))).containsExactly(0, 0, 0);
	}

	@Test
	void givesRowAtPositionOfMessageToNextMessageWhateverArrivesFirst() {
		assertThat(stitch(row(10), row(20), bemi(20), bemi(30))).containsExactly(0, 1);
		assertThat(stitch(row(10), bemi(20), row(20), bemi(30))).containsExactly(0, 1);
		assertThat(stitch(row(20), row(20), bemi(20), row(20), bemi(30))).containsExactly(1, 1, 1);
	}

	@Test
	void givesNothingWithoutMessage() {
		assertThat(stitch(row(10), row(20))).containsExactly(Segments.NONE, Segments.NONE);
		assertThat(stitch()).isEmpty();
	}

	@Test
	void givesSessionMessageWhereApplicationHasNone() {
		assertThat(stitch(row(10), session(20), row(30), session(40), row(50))).containsExactly(0, 1, 1);
	}

	@Test
	void ignoresSessionMessagesWhereApplicationHasOne() {
		assertThat(stitch(row(10), session(20), row(30), session(40), row(45), bemi(50), row(60), session(70)))
			.containsExactly(2, 2, 2, 2);
	}

	@Test
	void comparesPositionsUnsigned() {
		assertThat(stitch(row(1), bemi(2), row(-2), bemi(-1))).containsExactly(0, 1);
	}

	@Test
	void holdsBackOnlyRowsAtNewestPosition() {
		List<String> seen = new ArrayList<>();
		SegmentStitcher<String> stitcher = new SegmentStitcher<>((row, segment) -> seen.add(row + segment));
		stitcher.row(new Position(10), "a");
		stitcher.row(new Position(10), "b");
		assertThat(seen).isEmpty();
		stitcher.row(new Position(20), "c");
		assertThat(seen).containsExactly("a0", "b0");
		stitcher.message((ContextMessage) bemi(20));
		assertThat(seen).containsExactly("a0", "b0");
		stitcher.message((ContextMessage) bemi(30));
		assertThat(seen).containsExactly("a0", "b0", "c1");
		assertThat(stitcher.finish().messages()).isEqualTo(2);
	}

	@Test
	void refusesWhatIsOutOfOrder() {
		SegmentStitcher<String> stitcher = new SegmentStitcher<>((row, segment) -> {
		});
		stitcher.row(Position.parse("0/20"), "a");
		assertThatIllegalArgumentException().isThrownBy(() -> stitcher.row(Position.parse("0/10"), "b"))
			.withMessage("'position' must not be before 0/20, but is 0/10");
	}

	@Test
	void recognisesContextByPrefixAndTransaction() {
		assertThat(ContextMessage.of(message(true, "_bemi")))
			.contains(new ContextMessage(Source.APPLICATION, new Position(1), "{}"));
		assertThat(ContextMessage.of(message(true, "_bemi_session")))
			.contains(new ContextMessage(Source.SESSION, new Position(1), "{}"));
		assertThat(ContextMessage.of(message(false, "_bemi"))).isEmpty();
		assertThat(ContextMessage.of(message(true, "_bemi_heartbeat"))).isEmpty();
		assertThat(ContextMessage.of(message(true, "_BEMI"))).isEmpty();
	}

	@Test
	void keepsNoContentThatIsTooLong() {
		ByteBuffer longest = ByteBuffer.allocate(ContextMessage.MAX_LENGTH);
		assertThat(ContextMessage.of(new LogicalMessage(true, new Position(1), "_bemi", longest)))
			.hasValueSatisfying((context) -> assertThat(context.content()).hasSize(ContextMessage.MAX_LENGTH));
		ByteBuffer longer = ByteBuffer.allocate(ContextMessage.MAX_LENGTH + 1);
		assertThat(ContextMessage.of(new LogicalMessage(true, new Position(1), "_bemi", longer)))
			.contains(new ContextMessage(Source.APPLICATION, new Position(1), ""));
	}

	@Test
	void agreesWithTheRuleWordByWordOnRandomTransactions() {
		Random random = new Random(14);
		for (int i = 0; i < 120_000; i++) {
			List<Object> events = randomTransaction(random);
			int[] incremental = stitch(events.toArray());
			List<Position> rows = positions(events);
			List<ContextMessage> messages = messages(events);
			assertThat(incremental).as(() -> "incremental, " + events).isEqualTo(rule(rows, messages));
			assertThat(Stitching.messageOfEachRow(rows, messages)).as(() -> "batch, " + events).isEqualTo(incremental);
		}
	}

	/** In order of position, on a tie in any order. */
	private static List<Object> randomTransaction(Random random) {
		List<Object> events = new ArrayList<>();
		int sources = random.nextInt(4);
		long position = random.nextInt(3);
		for (int i = random.nextInt(14); i > 0; i--) {
			if (random.nextInt(3) > 0) {
				for (int rows = random.nextInt(3); rows >= 0; rows--) {
					events.add(new Position(position));
				}
			}
			if (random.nextInt(3) == 0) {
				Source source = ((sources == 3) ? random.nextBoolean() : sources == 1) ? Source.APPLICATION
						: Source.SESSION;
				events.add(new ContextMessage(source, new Position(position), "{}"));
			}
			position += random.nextInt(2);
		}
		Collections.shuffle(events, random);
		events.sort(Comparator.comparing(StitcherTests::position));
		return events;
	}

	/** The rule as its sentence says it, without any cleverness. */
	private static int[] rule(List<Position> rows, List<ContextMessage> messages) {
		boolean application = messages.stream().anyMatch((message) -> message.source() == Source.APPLICATION);
		return rows.stream().mapToInt((row) -> {
			int last = Segments.NONE;
			for (int i = 0; i < messages.size(); i++) {
				if (application && messages.get(i).source() == Source.SESSION) {
					continue;
				}
				last = i;
				if (messages.get(i).position().isAfter(row)) {
					return i;
				}
			}
			return last;
		}).toArray();
	}

	private static int[] stitch(Object... events) {
		int[] segmentOfRow = new int[positions(List.of(events)).size()];
		List<Integer> order = new ArrayList<>();
		SegmentStitcher<Integer> stitcher = new SegmentStitcher<>((row, segment) -> {
			order.add(row);
			segmentOfRow[row] = segment;
		});
		int rows = 0;
		for (Object event : events) {
			if (event instanceof ContextMessage message) {
				stitcher.message(message);
			}
			else {
				stitcher.row((Position) event, rows++);
			}
		}
		Segments segments = stitcher.finish();
		assertThat(order).isSorted().hasSize(rows);
		return Arrays.stream(segmentOfRow).map(segments::message).toArray();
	}

	private static List<Position> positions(List<Object> events) {
		return events.stream().filter(Position.class::isInstance).map(Position.class::cast).toList();
	}

	private static List<ContextMessage> messages(List<Object> events) {
		return events.stream().filter(ContextMessage.class::isInstance).map(ContextMessage.class::cast).toList();
	}

	private static Position position(Object event) {
		return (event instanceof ContextMessage message) ? message.position() : (Position) event;
	}

	private static Object row(long position) {
		return new Position(position);
	}

	private static Object bemi(long position) {
		return new ContextMessage(Source.APPLICATION, new Position(position), "{}");
	}

	private static Object session(long position) {
		return new ContextMessage(Source.SESSION, new Position(position), "{}");
	}

	private static LogicalMessage message(boolean transactional, String prefix) {
		return new LogicalMessage(transactional, new Position(1), prefix, StandardCharsets.UTF_8.encode("{}"));
	}

}
