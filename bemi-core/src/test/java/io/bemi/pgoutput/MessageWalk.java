package io.bemi.pgoutput;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Origin;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Truncate;
import io.bemi.pgoutput.PgOutputMessage.Type;
import io.bemi.pgoutput.PgOutputMessage.Update;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages a second time, field by field as the manual has them, without any help
 * of the decoder: what both find is written down alike.
 */
final class MessageWalk {

	private static final String UNCHANGED = "u";

	private final ByteBuffer in;

	private final List<Object> found = new ArrayList<>();

	private MessageWalk(byte[] bytes) {
		this.in = ByteBuffer.wrap(bytes);
	}

	/**
	 * What the bytes say.
	 * @return the fields, or {@code null} when they are not exactly one message
	 */
	static @Nullable List<Object> of(byte[] bytes) {
		MessageWalk walk = new MessageWalk(bytes);
		try {
			return (walk.message() && !walk.in.hasRemaining()) ? walk.found : null;
		}
		catch (BufferUnderflowException | IllegalArgumentException ex) {
			return null;
		}
	}

	private boolean message() {
		char type = (char) this.in.get();
		this.found.add(type);
		return switch (type) {
			case 'B' -> add(this.in.getLong(), this.in.getLong(), this.in.getInt());
			case 'C' -> this.in.get() == 0 && add(this.in.getLong(), this.in.getLong(), this.in.getLong());
			case 'O' -> add(this.in.getLong(), string());
			case 'Y' -> add(this.in.getInt(), string(), string());
			case 'R' -> relation();
			case 'I' -> add(this.in.getInt()) && this.in.get() == 'N' && add(tuple());
			case 'U' -> update();
			case 'D' ->
				add(this.in.getInt()) && add(this.in.get() == 'O') && "KO".indexOf(previous()) >= 0 && add(tuple());
			case 'T' -> truncate();
			case 'M' -> logical();
			default -> false;
		};
	}

	private char previous() {
		return (char) this.in.get(this.in.position() - 1);
	}

	private boolean relation() {
		add(this.in.getInt(), string(), string(), (char) this.in.get());
		if ("dnfi".indexOf(previous()) < 0) {
			return false;
		}
		int columns = this.in.getShort() & 0xFFFF;
		for (int i = 0; i < columns; i++) {
			int flags = this.in.get();
			if (flags != 0 && flags != 1) {
				return false;
			}
			add(flags == 1, string(), this.in.getInt(), this.in.getInt());
		}
		return true;
	}

	private boolean update() {
		add(this.in.getInt());
		int kind = this.in.get();
		List<String> before = (kind == 'K' || kind == 'O') ? tuple() : List.of();
		if (kind != 'N' && ((kind != 'K' && kind != 'O') || this.in.get() != 'N')) {
			return false;
		}
		List<String> row = new ArrayList<>(tuple());
		for (int i = 0; i < Math.min(row.size(), before.size()); i++) {
			if (row.get(i).equals(UNCHANGED) && before.get(i).startsWith("t")) {
				row.set(i, before.get(i));
			}
		}
		return add((char) kind, before, row);
	}

	private boolean truncate() {
		int tables = this.in.getInt();
		int flags = this.in.get();
		List<Integer> oids = new ArrayList<>();
		for (int i = 0; i < tables; i++) {
			oids.add(this.in.getInt());
		}
		return tables >= 0 && (flags & ~3) == 0 && add((flags & 1) != 0, (flags & 2) != 0, oids);
	}

	private boolean logical() {
		int flags = this.in.get();
		long position = this.in.getLong();
		String prefix = string();
		byte[] content = bytes();
		return (flags & ~1) == 0 && add(flags == 1, position, prefix, new String(content, StandardCharsets.ISO_8859_1));
	}

	private List<String> tuple() {
		int columns = this.in.getShort() & 0xFFFF;
		List<String> cells = new ArrayList<>();
		for (int i = 0; i < columns; i++) {
			char kind = (char) this.in.get();
			cells.add(switch (kind) {
				case 'n', 'u' -> String.valueOf(kind);
				case 't' -> kind + new String(bytes(), StandardCharsets.UTF_8);
				default -> throw new IllegalArgumentException();
			});
		}
		return cells;
	}

	private byte[] bytes() {
		int length = this.in.getInt();
		if (length < 0 || length > this.in.remaining()) {
			throw new IllegalArgumentException();
		}
		byte[] bytes = new byte[length];
		this.in.get(bytes);
		return bytes;
	}

	private String string() {
		int start = this.in.position();
		while (this.in.get() != 0) {
			continue;
		}
		return new String(this.in.array(), start, this.in.position() - 1 - start, StandardCharsets.UTF_8);
	}

	private boolean add(Object... values) {
		this.found.addAll(List.of(values));
		return true;
	}

	/**
	 * What the decoder says.
	 */
	static List<Object> of(PgOutputMessage message) {
		List<Object> found = new ArrayList<>();
		if (message instanceof Begin begin) {
			found.addAll(List.of('B', begin.finalPosition().value(), micros(begin.commitTime()), begin.xid()));
		}
		else if (message instanceof Commit commit) {
			found.addAll(
					List.of('C', commit.position().value(), commit.endPosition().value(), micros(commit.commitTime())));
		}
		else if (message instanceof Origin origin) {
			found.addAll(List.of('O', origin.position().value(), origin.name()));
		}
		else if (message instanceof Type type) {
			found.addAll(List.of('Y', type.oid(), type.schema(), type.name()));
		}
		else if (message instanceof Relation relation) {
			found.addAll(List.of('R', relation.oid(), relation.schema(), relation.name(), relation.replicaIdentity()));
			for (Column column : relation.columns()) {
				found.addAll(List.of(column.key(), column.name(), column.typeOid(), column.typeModifier()));
			}
		}
		else if (message instanceof Insert insert) {
			found.addAll(List.of('I', insert.relation(), cells(insert.row())));
		}
		else if (message instanceof Update update) {
			char kind = (update.key() != null) ? 'K' : (update.old() != null) ? 'O' : 'N';
			found.addAll(List.of('U', update.relation(), kind,
					cells((update.key() != null) ? update.key() : update.old()), cells(update.row())));
		}
		else if (message instanceof Delete delete) {
			found.addAll(List.of('D', delete.relation(), delete.old() != null,
					cells((delete.old() != null) ? delete.old() : delete.key())));
		}
		else if (message instanceof Truncate truncate) {
			found.addAll(List.of('T', truncate.cascade(), truncate.restartIdentity(), truncate.relations()));
		}
		else if (message instanceof LogicalMessage logical) {
			found.addAll(List.of('M', logical.transactional(), logical.position().value(), logical.prefix(),
					StandardCharsets.ISO_8859_1.decode(logical.content()).toString()));
		}
		return found;
	}

	private static long micros(java.time.Instant time) {
		return (time.getEpochSecond() - 946_684_800L) * 1_000_000L + time.getNano() / 1_000;
	}

	private static List<String> cells(@Nullable Tuple tuple) {
		List<String> cells = new ArrayList<>();
		for (int i = 0; tuple != null && i < tuple.size(); i++) {
			cells.add(tuple.isNull(i) ? "n" : tuple.isUnchanged(i) ? UNCHANGED : "t" + tuple.text(i));
		}
		return cells;
	}

}
