package io.bemi.ingestion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

import io.bemi.change.Position;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.PgOutputDecoder;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgType;
import io.bemi.pgoutput.Tuple;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RowReader}: what it does with rows that cannot be read.
 */
class RowReaderTests {

	private static final int INT4 = 23;

	private static final int TEXT = 25;

	private static final int BOOL = 16;

	private static final int PAIR = 20_000;

	private SourceTransaction transaction = new SourceTransaction(new Position(1), Instant.EPOCH, 7);

	/** What the catalogue says of the type, which may change. */
	private PgType pair = new PgType.Composite(List.of(new PgType.Field("a", INT4)));

	private final RowReader.Catalog catalog;

	private final RowReader reader;

	RowReaderTests() {
		this.catalog = new RowReader.Catalog() {

			@Override
			public PrimaryKey primaryKey(int oid) {
				return new PrimaryKey(List.of(), List.of());
			}

			@Override
			public PgType type(int oid) {
				return RowReaderTests.this.pair;
			}

		};
		this.reader = new RowReader(this.catalog, ColumnRules.NONE);
		this.reader.relation(new Relation(1, "public", "t \"1\"", 'd', List.of(new Column(true, "id", INT4, -1),
				new Column(false, "p", PAIR, -1), new Column(false, "v", TEXT, -1))), new Position(1));
	}

	@Test
	void looksAnAlteredTypeUpAgain() {
		assertThat(image(read('I', tuple('N', "1", "(5)", "x")))).containsExactly("1", "{\"a\": 5}", "\"x\"");
		this.pair = new PgType.Composite(List.of(new PgType.Field("a", INT4), new PgType.Field("b", INT4)));
		RowReader.Row row = read('I', tuple('N', "2", "(5,6)", "x"));
		assertThat(row.poison()).isNull();
		assertThat(image(row)).containsExactly("2", "{\"a\": 5, \"b\": 6}", "\"x\"");
	}

	@Test
	void noticesARenamedAttributeInTheNextTransaction() {
		assertThat(image(read('I', tuple('N', "1", "(5)", "x")))).containsExactly("1", "{\"a\": 5}", "\"x\"");
		this.pair = new PgType.Composite(List.of(new PgType.Field("b", TEXT)));
		this.transaction = new SourceTransaction(new Position(2), Instant.EPOCH, 8);
		assertThat(image(read('I', tuple('N', "1", "(5)", "x")))).containsExactly("1", "{\"b\": \"5\"}", "\"x\"");
	}

	@Test
	void keepsWhatItCanReadAndTheTextOfEverything() {
		RowReader.Row row = read('I', tuple('N', "1", "(5,\"ä \"\"\",)", null));
		assertThat(image(row)).containsExactly("1", null, "null");
		RowImage image = Objects.requireNonNull(change(row).row());
		assertThat(image.isUnreadable(1)).isTrue();
		assertThat(image.isUnreadable(0) || image.isUnreadable(2) || image.isComplete()).isFalse();
		assertThat(change(row).primaryKey()).isEqualTo("1");
		PoisonRow poison = Objects.requireNonNull(row.poison());
		assertThat(poison.content())
			.isEqualTo("{\"operation\": \"CREATE\", \"schema\": \"public\", \"table\": \"t \\\"1\\\"\","
					+ " \"row\": {\"id\": \"1\", \"p\": \"(5,\\\"ä \\\"\\\"\\\",)\", \"v\": null}}");
		assertThat(poison.relation()).isSameAs(change(row).relation());
		assertThat(poison.error()).startsWith("Expected ')' at offset 2");
		assertThat(poison.ordinal()).isEqualTo(3);
	}

	@Test
	void leavesOutWhatIsNoTextOfTheType() {
		BitSet unreadable = new BitSet();
		unreadable.set(2);
		Tuple row = Tuple.of(new String[] { "1", "(5)", "[null]" }, new BitSet(), unreadable);
		RowReader.Row read = this.reader.read(this.transaction, 3, new Insert(1, row)).get(0);
		assertThat(image(read)).containsExactly("1", "{\"a\": 5}", null);
		assertThat(Objects.requireNonNull(change(read).row()).isUnreadable(2)).isTrue();
		assertThat(Objects.requireNonNull(read.poison()).content()).contains("\"v\": \"[null]\"");
		assertThat(Objects.requireNonNull(read.poison()).error()).isEqualTo(
				"Expected a value for column 'v' of public.t \"1\", but something arrived from which it cannot be told");
	}

	@Test
	void leavesOutWhatIsTheSameAsBefore() {
		BitSet unchanged = new BitSet();
		unchanged.set(2);
		Tuple row = Tuple.of(new String[] { "1", "(5)", null }, unchanged, new BitSet());
		RowReader.Row read = this.reader.read(this.transaction, 3, new Insert(1, row)).get(0);
		assertThat(image(read)).containsExactly("1", "{\"a\": 5}", null);
		assertThat(read.poison()).isNull();
	}

	@Test
	void keepsTheOldRowToo() {
		RowReader.Row update = read('U', tuple('O', "1", "(5,6)", "x"), tuple('N', "1", "(7)", "y"));
		assertThat(image(update)).containsExactly("1", "{\"a\": 7}", "\"y\"");
		RowImage old = Objects.requireNonNull(change(update).old());
		assertThat(old.isUnreadable(1)).isTrue();
		assertThat(old.column(2)).hasToString("\"x\"");
		assertThat(Objects.requireNonNull(update.poison()).content()).contains("\"UPDATE\"")
			.contains(
					"\"row\": {\"id\": \"1\", \"p\": \"(7)\", \"v\": \"y\"}, \"old\": {\"id\": \"1\", \"p\": \"(5,6)\", \"v\": \"x\"}}");
		RowReader.Row delete = read('D', tuple('O', "1", "(5,6)", "x"));
		assertThat(change(delete).operation()).isEqualTo(RowOperation.DELETE);
		assertThat(Objects.requireNonNull(delete.poison()).content()).contains("\"DELETE\"")
			.contains("\"old\": {\"id\": \"1\"");
	}

	@Test
	void readsNothingOfARowThatDoesNotFitItsTable() {
		RowReader.Row row = read('I', tuple('N', "1", "(5)"));
		assertThat(image(row)).containsExactly(null, null, null);
		assertThat(change(row).primaryKey()).isNull();
		assertThat(Objects.requireNonNull(row.poison()).error())
			.isEqualTo("Expected 3 columns for a row of public.t \"1\", but found 2");
		RowReader.Row wide = read('D', tuple('K', "1", "(5)", "x", "more"));
		assertThat(Objects.requireNonNull(wide.poison()).content()).contains("\"?3\": \"more\"");
	}

	@Test
	void aKeyThatCannotBeReadIsNone() {
		this.reader.relation(new Relation(1, "public", "keyed", 'd',
				List.of(new Column(true, "id", INT4, -1), new Column(true, "yes", BOOL, -1))), new Position(2));
		RowReader.Row row = read('I', tuple('N', "1", "maybe"));
		assertThat(change(row).primaryKey()).isNull();
		assertThat(image(row)).containsExactly("1", null);
		assertThat(row.poison()).isNotNull();
	}

	@Test
	void rowsHaveOnlyWhatIsChosen() {
		ColumnRules rules = new ColumnRules(List.of("v"), List.of("p=***"), null, List.of());
		RowReader chosen = new RowReader(this.catalog, rules);
		chosen.relation(
				new Relation(1, "public", "t", 'd',
						List.of(new Column(false, "v", TEXT, -1), new Column(true, "id", INT4, -1),
								new Column(false, "p", PAIR, -1), new Column(false, "yes", BOOL, -1))),
				new Position(1));
		RowReader.Row row = read(chosen, 'U', tuple('K', null, "1", null, null),
				tuple('N', "s3cret", "2", "s3cret", "t"));
		assertThat(image(row)).containsExactly("2", "\"***\"", "true");
		assertThat(change(row).primaryKey()).isEqualTo("2");
		assertThat(change(row).previousKey()).isEqualTo("1");
		assertThat(row.poison()).isNull();
		RowReader.Row poisoned = read(chosen, 'I', tuple('N', "s3cret", "2", "s3cret", "maybe"));
		assertThat(image(poisoned)).containsExactly("2", "\"***\"", null);
		assertThat(Objects.requireNonNull(poisoned.poison()).content())
			.contains("\"row\": {\"id\": \"2\", \"p\": \"***\", \"yes\": \"maybe\"}");
		RowReader.Row misfit = read(chosen, 'I', tuple('N', "s3cret", "2", "s3cret"));
		assertThat(image(misfit)).containsExactly(null, null, null);
		assertThat(Objects.requireNonNull(misfit.poison()).content()).contains("\"row\": {}").doesNotContain("s3cret");
	}

	private RowReader.Row read(char type, byte[]... tuples) {
		return read(this.reader, type, tuples);
	}

	private RowReader.Row read(RowReader reader, char type, byte[]... tuples) {
		ByteBuffer bytes = ByteBuffer.allocate(1_000).put((byte) type).putInt(1);
		for (byte[] tuple : tuples) {
			bytes.put(tuple);
		}
		PgOutputMessage message = new PgOutputDecoder().decode(bytes.flip());
		List<RowReader.Row> rows = reader.read(this.transaction, 3, message);
		assertThat(rows).hasSize(1);
		return rows.get(0);
	}

	private static byte[] tuple(char kind, @Nullable String... values) {
		ByteBuffer bytes = ByteBuffer.allocate(400).put((byte) kind).putShort((short) values.length);
		for (String value : values) {
			if (value == null) {
				bytes.put((byte) 'n');
				continue;
			}
			byte[] text = value.getBytes(StandardCharsets.UTF_8);
			bytes.put((byte) 't').putInt(text.length).put(text);
		}
		byte[] tuple = new byte[bytes.flip().remaining()];
		bytes.get(tuple);
		return tuple;
	}

	private static RowChange change(RowReader.Row row) {
		return Objects.requireNonNull(row.change());
	}

	private static @Nullable String[] image(RowReader.Row row) {
		RowChange change = change(row);
		RowImage image = Objects.requireNonNull(change.row());
		@Nullable String[] columns = new String[change.relation().relation().columns().size()];
		for (int i = 0; i < columns.length; i++) {
			JsonBytes column = image.column(i);
			columns[i] = (column != null) ? column.toString() : null;
		}
		return columns;
	}

}
