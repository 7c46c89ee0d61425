package io.bemi.model;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Update;
import io.bemi.pgoutput.SlotSession;
import io.bemi.stitching.ContextMessage;
import io.bemi.stitching.Segments;
import io.bemi.stitching.SegmentStitcher;
import org.jspecify.annotations.Nullable;

/**
 * Reads what programs have written from the log, and compares the context of each row
 * with the one that the row and the ledger name.
 */
final class Checker {

	private static final ObjectMapper MAPPER = new ObjectMapper();

	private final SlotSession slot;

	private final Counts counts = new Counts();

	private final Map<Integer, String> tables = new HashMap<>();

	private final List<ContextMessage> messages = new ArrayList<>();

	private final List<Stitched> stitched = new ArrayList<>();

	private SegmentStitcher<Row> stitcher = newStitcher();

	Checker(SlotSession slot) {
		this.slot = slot;
	}

	private SegmentStitcher<Row> newStitcher() {
		this.messages.clear();
		this.stitched.clear();
		return new SegmentStitcher<>((row, segment) -> this.stitched.add(new Stitched(row, segment)));
	}

	Counts counts() {
		return this.counts;
	}

	/**
	 * Checks what was written since the last time.
	 * @param ledgers those of the programs that have run, by number
	 * @return the first thing that is wrong with each program, by number
	 */
	Map<Integer, String> check(Map<Integer, Ledger> ledgers) throws SQLException {
		// Only what is flushed is decoded, and the test servers commit asynchronously.
		// A checkpoint lets the slot go on from here the next time, not from far back.
		this.slot.execute("SELECT pg_logical_emit_message(true, 'flush', 'x')", "CHECKPOINT");
		Map<Integer, String> problems = new HashMap<>();
		for (SlotSession.Received received : this.slot.receive()) {
			PgOutputMessage message = received.message();
			if (message instanceof Begin) {
				this.stitcher = newStitcher();
			}
			else if (message instanceof Relation relation) {
				this.tables.put(relation.oid(), relation.name());
			}
			else if (message instanceof LogicalMessage logical) {
				ContextMessage.of(logical).ifPresent((context) -> {
					this.messages.add(context);
					this.stitcher.message(context);
				});
			}
			else if (message instanceof Commit) {
				finish(ledgers, problems);
			}
			else {
				Row row = row(message);
				if (row != null) {
					this.stitcher.row(received.position(), row);
				}
			}
		}
		return problems;
	}

	private @Nullable Row row(PgOutputMessage message) {
		if (message instanceof Insert insert) {
			return switch (table(insert.relation())) {
				case "parent" -> ofKey(insert.row().text(0), "INSERT");
				case "late" -> new Row(Long.parseLong(insert.row().text(0)), "late INSERT", null);
				default -> new Row(Long.parseLong(insert.row().text(0)), "INSERT", insert.row().text(1));
			};
		}
		if (message instanceof Update update) {
			return switch (table(update.relation())) {
				case "parent" -> ofKey(update.row().text(0), "UPDATE");
				case "child" -> new Row(Long.parseLong(update.row().text(0)), "cascading UPDATE",
						ofKey(update.row().text(2), "").context());
				default -> new Row(Long.parseLong(update.row().text(0)), "UPDATE", update.row().text(1));
			};
		}
		if (message instanceof Delete delete) {
			String key = Objects.requireNonNull(delete.key()).text(0);
			return new Row(Long.parseLong(key.replaceAll("/.*", "")), "DELETE", null);
		}
		return null;
	}

	private static Row ofKey(String key, String what) {
		String[] parts = key.split("/", 2);
		return new Row(Long.parseLong(parts[0]), what, parts[1]);
	}

	private String table(int oid) {
		return Objects.requireNonNull(this.tables.get(oid));
	}

	private void finish(Map<Integer, Ledger> ledgers, Map<Integer, String> problems) {
		Segments segments = this.stitcher.finish();
		List<Map<String, ?>> contexts = this.messages.stream().<Map<String, ?>>map(Checker::keys).toList();
		for (Stitched row : this.stitched) {
			int number = Ledger.programOf(row.row().id());
			Ledger ledger = ledgers.get(number);
			int message = segments.message(row.segment());
			Map<String, ?> found = (message != Segments.NONE) ? contexts.get(message) : Map.of();
			String problem = (ledger != null) ? ledger.difference(row.row().expected(ledger), found)
					: "is of no program that runs";
			if (problem != null) {
				problems.putIfAbsent(number, row.row() + ": " + problem);
			}
		}
		this.counts.add(this.stitched.size(), this.messages.size(),
				this.stitched.stream()
					.mapToInt((row) -> segments.message(row.segment()))
					.filter((at) -> at < 0)
					.count());
	}

	/**
	 * What the application has said, without what Bemi adds.
	 */
	private static Map<String, ?> keys(ContextMessage message) {
		if (message.source() == ContextMessage.Source.SESSION) {
			return Map.of();
		}
		try {
			Map<String, Object> keys = MAPPER.readValue(message.content(), new TypeReference<>() {
			});
			if (!(keys.remove("_bemi") instanceof Map<?, ?> facts && facts.containsKey("error"))) {
				return keys;
			}
		}
		catch (JsonProcessingException ex) {
			// Falls through to what equals no context.
		}
		return Map.of("unexpected", message.content());
	}

	/**
	 * A change.
	 *
	 * @param id of its row
	 * @param what is done to it
	 * @param context the id of its context as the row itself has it, {@code null} if the
	 * ledger has it
	 */
	private record Row(long id, String what, @Nullable String context) {

		Set<String> expected(Ledger ledger) {
			if (this.context != null) {
				return Set.of(this.context);
			}
			return this.what.equals("DELETE") ? ledger.contextsOfDelete(this.id) : ledger.contextsOfLate(this.id);
		}

	}

	/**
	 * A change and the number of its segment.
	 *
	 * @param row the change
	 * @param segment the number
	 */
	private record Stitched(Row row, int segment) {
	}

}
