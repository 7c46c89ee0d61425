package io.bemi.pgoutput;

import java.util.List;

import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RowJson}.
 */
class RowJsonTests {

	private static final Relation RELATION = new Relation(1, "public", "todo", 'd',
			List.of(new Column(true, "id", BuiltinTypes.INT8, -1), new Column(true, "lang\"", 25, -1),
					new Column(false, "done", BuiltinTypes.BOOL, -1), new Column(false, "body", 25, -1)));

	private final RowJson json = new RowJson(RELATION, new JsonValues((oid) -> new PgType.Base()));

	@Test
	void writesColumnsInOrder() {
		assertThat(append(tuple("1", "en", "t", null)))
			.isEqualTo("{\"id\": 1, \"lang\\\"\": \"en\", \"done\": true, \"body\": null}");
	}

	@Test
	void leavesUnchangedColumnsOutAndNamesThem() {
		Tuple tuple = tuple("1", "en", MessageBytes.UNCHANGED, MessageBytes.UNCHANGED);
		assertThat(append(tuple)).isEqualTo("{\"id\": 1, \"lang\\\"\": \"en\"}");
		assertThat(this.json.unchanged(tuple)).containsExactly("done", "body");
		assertThat(this.json.unchanged(tuple("1", "en", "t", null))).isEmpty();
	}

	@Test
	void writesChosenColumns() {
		StringBuilder out = new StringBuilder("x");
		this.json.append(out, tuple("1", "en", null, MessageBytes.UNCHANGED), new int[] { 3, 2, 0 });
		assertThat(out).hasToString("x{\"done\": null, \"id\": 1}");
		out.setLength(0);
		this.json.append(out, tuple("1", "en", null, null), new int[0]);
		assertThat(out).hasToString("{}");
	}

	@Test
	void writesKeyOfOneColumnAsItsText() {
		assertThat(this.json.primaryKey(tuple("1", "a \"b\"", null, null), new int[] { 1 })).isEqualTo("a \"b\"");
	}

	@Test
	void writesKeyOfSeveralColumnsAsArray() {
		assertThat(this.json.keyColumns()).containsExactly(0, 1);
		assertThat(this.json.primaryKey(tuple("1", "a \"b\"", null, null), this.json.keyColumns()))
			.isEqualTo("[1, \"a \\\"b\\\"\"]");
	}

	@Test
	void refusesKeyWithoutValue() {
		assertThatExceptionOfType(PgOutputException.class)
			.isThrownBy(() -> this.json.primaryKey(tuple("1", null, null, null), new int[] { 0, 1 }))
			.withMessage("Expected a value for the key column lang\", but it is null");
	}

	@Test
	void looksColumnsUp() {
		assertThat(this.json.columns(List.of("body", "id"))).containsExactly(3, 0);
		assertThatIllegalArgumentException().isThrownBy(() -> this.json.columns(List.of("nope")))
			.withMessage("'names' must be columns of public.todo, but nope is not");
	}

	@Test
	void refusesTupleOfAnotherRelation() {
		assertThatExceptionOfType(PgOutputException.class).isThrownBy(() -> append(tuple("1")))
			.withMessage("Expected 4 columns for a row of public.todo, but found 1");
	}

	@Test
	void leavesOutputAloneWhenAValueDoesNotFit() {
		StringBuilder out = new StringBuilder("before");
		assertThatExceptionOfType(PgOutputException.class)
			.isThrownBy(() -> this.json.append(out, tuple("1", "en", "maybe", null)));
		assertThat(out).hasToString("before");
	}

	private String append(Tuple tuple) {
		StringBuilder out = new StringBuilder();
		this.json.append(out, tuple);
		return out.toString();
	}

	private static Tuple tuple(@Nullable String... values) {
		return ((Insert) new PgOutputDecoder().decode(new MessageBytes('I').int32(1).tuple('N', values).buffer()))
			.row();
	}

}
