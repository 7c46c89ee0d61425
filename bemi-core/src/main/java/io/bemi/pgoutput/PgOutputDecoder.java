package io.bemi.pgoutput;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage.Column;

/**
 * Decodes the messages of {@code pgoutput}, protocol version 1 in text format. It keeps
 * no state: which relation a row belongs to is for the caller to remember.
 */
public final class PgOutputDecoder {

	/**
	 * Decodes one message. Tuples and contents refer to the buffer's array instead of
	 * copying it, so the array must not change as long as they are used.
	 * @param buffer one whole message, from its position to its limit; neither is changed
	 * @return the message
	 * @throws PgOutputException when the bytes are not exactly one message
	 */
	public PgOutputMessage decode(ByteBuffer buffer) {
		PgOutputReader in = new PgOutputReader(buffer);
		PgOutputMessage message = read(in);
		if (in.remaining() > 0) {
			throw new PgOutputException("Expected the end of the " + message.getClass().getSimpleName()
					+ " message at offset " + in.offset() + ", but " + in.remaining() + " bytes follow");
		}
		return message;
	}

	private PgOutputMessage read(PgOutputReader in) {
		byte type = in.readByte("message type");
		return switch (type) {
			case 'B' -> new PgOutputMessage.Begin(in.readPosition("final position"), in.readInstant("commit time"),
					in.readInt("transaction id"));
			case 'C' -> commit(in);
			case 'O' -> new PgOutputMessage.Origin(in.readPosition("commit position"), in.readString("origin name"));
			case 'R' -> relation(in);
			case 'Y' -> new PgOutputMessage.Type(in.readInt("type id"), in.readString("schema"), in.readString("name"));
			case 'I' -> insert(in);
			case 'U' -> update(in);
			case 'D' -> delete(in);
			case 'T' -> truncate(in);
			case 'M' -> logicalMessage(in);
			default -> throw unexpected("a message type (one of B, C, O, R, Y, I, U, D, T, M)", type, in);
		};
	}

	private PgOutputMessage commit(PgOutputReader in) {
		flags(in, 0, "commit");
		return new PgOutputMessage.Commit(in.readPosition("commit position"), in.readPosition("end position"),
				in.readInstant("commit time"));
	}

	private PgOutputMessage relation(PgOutputReader in) {
		int oid = in.readInt("relation id");
		String schema = in.readString("schema");
		String name = in.readString("name");
		byte identity = in.readByte("replica identity");
		if (identity != 'd' && identity != 'n' && identity != 'f' && identity != 'i') {
			throw unexpected("a replica identity (one of d, n, f, i)", identity, in);
		}
		int count = in.readShort("number of columns");
		List<Column> columns = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			columns.add(new Column(flags(in, 1, "column") == 1, in.readString("column name"), in.readInt("type id"),
					in.readInt("type modifier")));
		}
		return new PgOutputMessage.Relation(oid, schema, name, (char) identity, columns);
	}

	private PgOutputMessage insert(PgOutputReader in) {
		int relation = in.readInt("relation id");
		byte kind = in.readByte("kind of tuple");
		if (kind != 'N') {
			throw unexpected("a new tuple (N)", kind, in);
		}
		return new PgOutputMessage.Insert(relation, tuple(in));
	}

	private PgOutputMessage update(PgOutputReader in) {
		int relation = in.readInt("relation id");
		byte kind = in.readByte("kind of tuple");
		if (kind == 'N') {
			return new PgOutputMessage.Update(relation, null, null, tuple(in));
		}
		if (kind != 'K' && kind != 'O') {
			throw unexpected("a key, an old or a new tuple (K, O or N)", kind, in);
		}
		Tuple before = tuple(in);
		byte newKind = in.readByte("kind of tuple");
		if (newKind != 'N') {
			throw unexpected("a new tuple (N)", newKind, in);
		}
		Tuple row = tuple(in).fillUnchanged(before);
		return (kind == 'K') ? new PgOutputMessage.Update(relation, before, null, row)
				: new PgOutputMessage.Update(relation, null, before, row);
	}

	private PgOutputMessage delete(PgOutputReader in) {
		int relation = in.readInt("relation id");
		byte kind = in.readByte("kind of tuple");
		return switch (kind) {
			case 'K' -> new PgOutputMessage.Delete(relation, tuple(in), null);
			case 'O' -> new PgOutputMessage.Delete(relation, null, tuple(in));
			default -> throw unexpected("a key or an old tuple (K or O)", kind, in);
		};
	}

	private PgOutputMessage truncate(PgOutputReader in) {
		int count = in.readInt("number of relations");
		int options = flags(in, 3, "truncate");
		// Not by the count: it may be garbage, the bytes decide.
		List<Integer> relations = new ArrayList<>();
		if (count < 0) {
			throw new PgOutputException("Expected 0 or more relations to truncate at offset 1, but found " + count);
		}
		for (int i = 0; i < count; i++) {
			relations.add(in.readInt("relation id"));
		}
		return new PgOutputMessage.Truncate(relations, (options & 1) != 0, (options & 2) != 0);
	}

	private PgOutputMessage logicalMessage(PgOutputReader in) {
		boolean transactional = flags(in, 1, "message") == 1;
		Position position = in.readPosition("message position");
		String prefix = in.readString("prefix");
		int length = in.readInt("length of the content");
		int index = in.skip(length, "content");
		return new PgOutputMessage.LogicalMessage(transactional, position, prefix,
				ByteBuffer.wrap(in.data(), index, length).slice().asReadOnlyBuffer());
	}

	private Tuple tuple(PgOutputReader in) {
		int columns = in.readShort("number of columns");
		// Each takes a byte at least: a forged number must not take memory.
		in.require(columns, "values");
		Tuple.Builder tuple = new Tuple.Builder(in.data(), columns);
		for (int i = 0; i < columns; i++) {
			byte kind = in.readByte("kind of value");
			switch (kind) {
				case 'n' -> tuple.addNull();
				case 'u' -> tuple.addUnchanged();
				case 't' -> {
					int length = in.readInt("length of a value");
					tuple.addText(in.skip(length, "value"), length);
				}
				default -> throw unexpected("a kind of value (one of n, u, t)", kind, in);
			}
		}
		return tuple.build();
	}

	private int flags(PgOutputReader in, int allowed, String what) {
		byte flags = in.readByte(what + " flags");
		if ((flags & ~allowed) != 0) {
			throw unexpected(what + " flags (at most " + allowed + ")", flags, in);
		}
		return flags;
	}

	private PgOutputException unexpected(String expected, byte actual, PgOutputReader in) {
		String shown = (actual > ' ' && actual < 0x7F) ? "'" + (char) actual + "'"
				: String.format("0x%02X", actual & 0xFF);
		return new PgOutputException(
				"Expected " + expected + " at offset " + (in.offset() - 1) + ", but found " + shown);
	}

}
