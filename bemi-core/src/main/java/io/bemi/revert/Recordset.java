package io.bemi.revert;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.bemi.pgoutput.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Rows that go to the server as one parameter, and come out of it as a table {@code v}
 * with typed columns and their number {@code n}.
 */
final class Recordset {

	private final List<String> names = new ArrayList<>();

	private final List<String> types = new ArrayList<>();

	private final StringBuilder json = new StringBuilder("[");

	private int rows;

	/**
	 * Adds a column.
	 * @param name its name within {@code v}
	 * @param type its type as it stands in SQL
	 */
	void column(String name, String type) {
		this.names.add(name);
		this.types.add(type);
	}

	/**
	 * Adds a row, whose number is how many there were before.
	 */
	void row(List<? extends @Nullable Object> values) {
		this.json.append((this.rows > 0) ? ",{\"n\":" : "{\"n\":").append(this.rows++);
		for (int i = 0; i < this.names.size(); i++) {
			this.json.append(',');
			JsonText.append(this.json, this.names.get(i));
			this.json.append(':');
			Rows.append(this.json, values.get(i));
		}
		this.json.append('}');
	}

	boolean isEmpty() {
		return this.rows == 0;
	}

	int size() {
		return this.rows;
	}

	/**
	 * As it stands in FROM; the parameter is {@link #json()}.
	 */
	String sql() {
		String columns = java.util.stream.IntStream.range(0, this.names.size())
			.mapToObj((i) -> ", " + this.names.get(i) + " " + this.types.get(i))
			.collect(Collectors.joining());
		return "pg_catalog.jsonb_to_recordset(?::pg_catalog.jsonb) AS v(n integer" + columns + ")";
	}

	String json() {
		return this.json + "]";
	}

}
