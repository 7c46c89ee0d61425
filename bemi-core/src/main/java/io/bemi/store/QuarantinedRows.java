package io.bemi.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import io.bemi.ingestion.PoisonRow;
import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TrackedRelation;
import io.bemi.pgoutput.JsonBytes.Output;
import io.bemi.pgoutput.JsonText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts rows that cannot be stored as they are where people can look at them: with their
 * values, in ASCII if need be; without them if even those are refused.
 */
final class QuarantinedRows {

	private static final Logger logger = LoggerFactory.getLogger(QuarantinedRows.class);

	private static final String COPY = """
			COPY quarantine (source, committed_at, position, ordinal, relation, content, error) FROM STDIN
			""";

	private static final String TOO_LONG = ". The values are too long to be kept here";

	private final int source;

	private final RelationDictionary relations;

	private final RowCopy<Entry, CopyText> copy;

	private long added;

	QuarantinedRows(Connection connection, int source, RelationDictionary relations) {
		this.source = source;
		this.relations = relations;
		this.copy = new RowCopy<>(connection, COPY, CopyText::new, this::write, (entry, ex) -> null);
	}

	/**
	 * Adds a row that could not be read.
	 */
	void add(PoisonRow poison) throws SQLException {
		byte[] content = poison.content().replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8);
		add(poison.transaction(), poison.ordinal(), poison.relation(), (out) -> out.write(content, 0, content.length),
				"{}", poison.error());
	}

	/**
	 * Adds a row that the store has refused.
	 */
	void add(StoredRow row, SQLException refusal) throws SQLException {
		RowChange change = row.change();
		StringBuilder bare = new StringBuilder("{\"operation\": ");
		JsonText.append(bare, change.operation().name());
		add(change.transaction(), change.ordinal(), change.relation(), row::writeContent, bare.append('}').toString(),
				StoreProblems.summary(refusal));
	}

	private void add(SourceTransaction transaction, long ordinal, @Nullable TrackedRelation table, Content content,
			String bare, String error) throws SQLException {
		logger.warn("A change of {} in transaction {} could not be stored as it is, the row is in bemi.quarantine: {}",
				(table != null) ? table : "a table", transaction.transactionId(), error);
		Long relation = (table != null) ? this.relations.id(table) : null;
		Entry entry = new Entry(transaction, ordinal, relation, content, error);
		// What was refused as a value may be refused as a text too.
		SQLException refusal = this.copy.tryCopy(List.of(entry));
		if (refusal != null) {
			refusal = this.copy.tryCopy(List.of(entry.with((out) -> content.writeTo(new AsciiOutput(out)), error)));
		}
		if (refusal != null) {
			byte[] bytes = bare.getBytes(StandardCharsets.UTF_8);
			refusal = this.copy
				.tryCopy(List.of(entry.with((out) -> out.write(bytes, 0, bytes.length), error + TOO_LONG)));
		}
		if (refusal != null) {
			throw refusal;
		}
		this.added++;
	}

	private void write(CopyText text, Entry entry) throws SQLException {
		text.add(this.source)
			.add(entry.transaction().committedAt().toString())
			.add(entry.transaction().position().toString())
			.add(entry.ordinal())
			.add((entry.relation() != null) ? entry.relation().toString() : null);
		entry.content().writeTo(text.begin());
		byte[] error = entry.error().getBytes(StandardCharsets.UTF_8);
		new AsciiOutput(text.begin()).write(error, 0, error.length);
	}

	/**
	 * How many rows were added.
	 */
	long added() {
		return this.added;
	}

	/**
	 * A text that need not be in memory.
	 */
	@FunctionalInterface
	private interface Content {

		void writeTo(Output<SQLException> out) throws SQLException;

	}

	private record Entry(SourceTransaction transaction, long ordinal, @Nullable Long relation, Content content,
			String error) {

		Entry with(Content other, String otherError) {
			return new Entry(this.transaction, this.ordinal, this.relation, other, otherError);
		}

	}

	/**
	 * Writes characters beyond ASCII, which not every encoding has, as JSON escapes.
	 */
	private record AsciiOutput(Output<SQLException> out) implements Output<SQLException> {

		@Override
		public void write(byte[] bytes, int offset, int length) throws SQLException {
			int end = offset + length;
			int written = offset;
			int i = offset;
			while (i < end) {
				if (bytes[i] > 0) {
					i++;
					continue;
				}
				this.out.write(bytes, written, i - written);
				int next = i + 1;
				while (next < end && (bytes[next] & 0xC0) == 0x80) {
					next++;
				}
				StringBuilder escaped = new StringBuilder();
				for (char c : new String(bytes, i, next - i, StandardCharsets.UTF_8).toCharArray()) {
					escaped.append("\\u%04x".formatted((int) c));
				}
				byte[] ascii = escaped.toString().getBytes(StandardCharsets.US_ASCII);
				this.out.write(ascii, 0, ascii.length);
				i = next;
				written = next;
			}
			this.out.write(bytes, written, end - written);
		}

	}

}
