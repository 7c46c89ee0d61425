package io.bemi.pgoutput;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

import org.jspecify.annotations.Nullable;

/**
 * The values of a row, by the index of the relation's columns. A value is null, an
 * unchanged TOAST value (which the log does not hold), or text: the output of the type's
 * output function. Text is decoded when asked for.
 */
public final class Tuple {

	private static final int NULL = -1;

	private static final int UNCHANGED = -2;

	private final byte[] data;

	/** Per column offset and length; a negative offset stands for a kind without text. */
	private final int[] cells;

	/** Texts that stand in the place of those in the data, by column. */
	private final byte @Nullable [] @Nullable [] others;

	/** Columns whose text is not what the type's output function gave. */
	private final BitSet unreadable;

	private Tuple(byte[] data, int[] cells, byte @Nullable [] @Nullable [] others) {
		this(data, cells, others, new BitSet());
	}

	private Tuple(byte[] data, int[] cells, byte @Nullable [] @Nullable [] others, BitSet unreadable) {
		this.data = data;
		this.cells = cells;
		this.others = others;
		this.unreadable = unreadable;
	}

	/**
	 * A row that was read by a query instead of from the log.
	 * @param texts each column's text as the type's output function gives it,
	 * {@code null} for SQL's null
	 * @return the row
	 */
	public static Tuple of(@Nullable String... texts) {
		byte @Nullable [][] values = new byte[texts.length][];
		int size = 0;
		for (int i = 0; i < texts.length; i++) {
			String text = texts[i];
			if (text != null) {
				values[i] = text.getBytes(StandardCharsets.UTF_8);
				size += values[i].length;
			}
		}
		Builder tuple = new Builder(new byte[size], texts.length);
		int offset = 0;
		for (byte[] value : values) {
			if (value == null) {
				tuple.addNull();
				continue;
			}
			System.arraycopy(value, 0, tuple.data, offset, value.length);
			tuple.addText(offset, value.length);
			offset += value.length;
		}
		return tuple.build();
	}

	/**
	 * A row that came by another way than the stream, which may have lost some values.
	 * @param texts each column's text as the type's output function gives it,
	 * {@code null} for SQL's null
	 * @param unchanged the columns whose value did not arrive, because it is the same as
	 * before; they have no text
	 * @param unreadable the columns whose text is something else: what arrived in place
	 * of the value
	 * @return the row
	 */
	public static Tuple of(@Nullable String[] texts, BitSet unchanged, BitSet unreadable) {
		Tuple tuple = of(texts);
		unchanged.stream().forEach((column) -> tuple.cells[2 * column] = UNCHANGED);
		return new Tuple(tuple.data, tuple.cells, null, (BitSet) unreadable.clone());
	}

	/**
	 * Whether a value's text is something else than what the type's output function gave.
	 * @param column the column's index, from 0
	 */
	public boolean isUnreadable(int column) {
		return this.unreadable.get(column);
	}

	/**
	 * The number of columns.
	 * @return as many as the relation has
	 */
	public int size() {
		return this.cells.length / 2;
	}

	/**
	 * Whether a value is null.
	 * @param column the column's index, from 0
	 * @return {@code true} for SQL's null
	 * @throws IndexOutOfBoundsException when there is no such column
	 */
	public boolean isNull(int column) {
		return this.cells[2 * column] == NULL;
	}

	/**
	 * Whether a value is large, stored out of line, and was not changed by the update, so
	 * that the log does not hold it.
	 * @param column the column's index, from 0
	 * @return {@code true} when the value is unknown here
	 * @throws IndexOutOfBoundsException when there is no such column
	 */
	public boolean isUnchanged(int column) {
		return this.cells[2 * column] == UNCHANGED;
	}

	/**
	 * A value as text.
	 * @param column the column's index, from 0
	 * @return the text that the type's output function gave
	 * @throws IndexOutOfBoundsException when there is no such column
	 * @throws IllegalStateException when the value is null or unchanged
	 */
	public String text(int column) {
		return new String(data(column), offset(column), length(column), StandardCharsets.UTF_8);
	}

	/**
	 * Some of the columns, with other texts in some of them.
	 * @param columns the columns' indexes, in the order that they get
	 * @param masks by those columns what replaces their texts; {@code null} for nothing
	 * @return a row of as many columns
	 * @throws IndexOutOfBoundsException when there is no such column
	 */
	public Tuple select(int[] columns, @Nullable Mask[] masks) {
		int[] selected = new int[2 * columns.length];
		byte @Nullable [] @Nullable [] texts = new byte[columns.length][];
		BitSet lost = new BitSet();
		for (int i = 0; i < columns.length; i++) {
			int column = columns[i];
			lost.set(i, this.unreadable.get(column));
			Mask mask = masks[i];
			selected[2 * i] = this.cells[2 * column];
			selected[2 * i + 1] = this.cells[2 * column + 1];
			if (mask != null && selected[2 * i] >= 0) {
				byte[] text = mask.mask(data(column), offset(column), length(column));
				texts[i] = text;
				selected[2 * i] = 0;
				selected[2 * i + 1] = text.length;
			}
		}
		return new Tuple(this.data, selected, texts, lost);
	}

	/**
	 * The JSON string that says a value's text.
	 * @param column the column's index, from 0
	 * @throws IllegalStateException when the value is null or unchanged
	 */
	public JsonBytes string(int column) {
		return JsonBytes.string(data(column), offset(column), length(column));
	}

	/**
	 * Where a value's text starts.
	 */
	int offset(int column) {
		int offset = this.cells[2 * column];
		if (offset < 0) {
			throw new IllegalStateException("Column " + column + " has no text, it is " + kind(offset));
		}
		return offset;
	}

	/**
	 * How many bytes a value's text has.
	 */
	int length(int column) {
		return this.cells[2 * column + 1];
	}

	/**
	 * What a value's text is in.
	 */
	byte[] data(int column) {
		byte[] other = (this.others != null) ? this.others[column] : null;
		return (other != null) ? other : this.data;
	}

	/**
	 * This tuple with its unchanged values taken from another tuple of the same message,
	 * where that one has text. Nulls are not taken: in a key they are no values.
	 */
	Tuple fillUnchanged(Tuple other) {
		int[] filled = this.cells;
		for (int column = 0; column < Math.min(size(), other.size()); column++) {
			if (isUnchanged(column) && other.cells[2 * column] >= 0) {
				filled = (filled != this.cells) ? filled : this.cells.clone();
				filled[2 * column] = other.cells[2 * column];
				filled[2 * column + 1] = other.cells[2 * column + 1];
			}
		}
		return (filled != this.cells) ? new Tuple(this.data, filled, this.others, this.unreadable) : this;
	}

	private static String kind(int offset) {
		return (offset == NULL) ? "null" : "an unchanged TOAST value";
	}

	@Override
	public String toString() {
		StringBuilder result = new StringBuilder("(");
		for (int i = 0; i < size(); i++) {
			int offset = this.cells[2 * i];
			result.append((i > 0) ? ", " : "").append((offset < 0) ? kind(offset) : "'" + text(i) + "'");
		}
		return result.append(')').toString();
	}

	/**
	 * Replaces a text.
	 */
	@FunctionalInterface
	public interface Mask {

		/**
		 * Replaces it.
		 * @param data an array that the text is in, in UTF-8
		 * @param offset where it starts
		 * @param length how many bytes it has
		 * @return the other text, in UTF-8
		 */
		byte[] mask(byte[] data, int offset, int length);

	}

	/**
	 * Collects the cells of a tuple whose text stays where it is.
	 */
	static final class Builder {

		private final byte[] data;

		private final int[] cells;

		private int next;

		Builder(byte[] data, int columns) {
			this.data = data;
			this.cells = new int[2 * columns];
		}

		void addNull() {
			add(NULL, 0);
		}

		void addUnchanged() {
			add(UNCHANGED, 0);
		}

		void addText(int offset, int length) {
			add(offset, length);
		}

		private void add(int offset, int length) {
			this.cells[this.next++] = offset;
			this.cells[this.next++] = length;
		}

		Tuple build() {
			return new Tuple(this.data, this.cells, null);
		}

	}

}
