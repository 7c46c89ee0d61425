package io.bemi.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * A table with random columns of given types, and random rows.
 *
 * @param name the table's name
 * @param columns its columns, without the key {@code id}
 * @param rows the values by column, {@code null} for SQL's null; numbered from 1
 * @param full whether its replica identity is the whole row
 */
record RandomTable(String name, List<Column> columns, List<List<@Nullable Value>> rows, boolean full) {

	/**
	 * A column.
	 *
	 * @param name its name
	 * @param type its type
	 */
	record Column(String name, ColumnType type) {

		String quoted() {
			return Texts.quoted(this.name);
		}

	}

	static RandomTable of(Random random, List<ColumnType> types, int rows) {
		List<Column> columns = types.stream().map((type) -> new Column(Texts.name(random), type)).toList();
		List<List<@Nullable Value>> values = new ArrayList<>();
		for (int i = 0; i < rows; i++) {
			List<@Nullable Value> row = new ArrayList<>();
			for (Column column : columns) {
				row.add((random.nextInt(10) == 0) ? null : column.type().value(random));
			}
			values.add(row);
		}
		return new RandomTable(Texts.name(random), columns, values, random.nextBoolean());
	}

	String quoted() {
		return "app." + Texts.quoted(this.name);
	}

	/**
	 * What creates the types that the columns need, each once.
	 */
	List<String> types() {
		return this.columns.stream().map((column) -> column.type().ddl()).flatMap(List::stream).distinct().toList();
	}

	String definition() {
		// The key in the middle, so that no one may count on its being first.
		int middle = this.columns.size() / 2;
		return "CREATE TABLE " + quoted() + " (" + IntStream.rangeClosed(0, this.columns.size())
			.mapToObj(
					(i) -> (i == middle) ? "id bigint PRIMARY KEY" : column(this.columns.get((i < middle) ? i : i - 1)))
			.collect(Collectors.joining(", ")) + ")";
	}

	private static String column(Column column) {
		return column.quoted() + " " + column.type().sql();
	}

	static String list(List<Column> columns) {
		return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
	}

	/**
	 * The rows of a {@code VALUES} list.
	 * @param returned whether as they come back from JSON
	 */
	String values(boolean returned) {
		StringBuilder values = new StringBuilder();
		for (int i = 0; i < this.rows.size(); i++) {
			values.append((i > 0) ? ",\n(" : "(").append(i + 1);
			for (Value value : this.rows.get(i)) {
				values.append(", ").append((value == null) ? "NULL" : returned ? value.returned() : value.sql());
			}
			values.append(')');
		}
		return values.toString();
	}

}
