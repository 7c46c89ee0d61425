package io.bemi.revert;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * A row that takes little memory: many share the names of their columns. Immutable.
 * Values are found by going through the columns, which are few.
 */
final class CompactRow extends AbstractMap<String, @Nullable Object> {

	private final List<String> names;

	private final @Nullable Object[] values;

	private CompactRow(List<String> names, @Nullable Object[] values) {
		this.names = names;
		this.values = values;
	}

	/**
	 * Some columns of a row, in the order in which they are given; those that it does not
	 * have are left out. Rows that are made with the same immutable list, or with the
	 * columns of the same row, share it.
	 */
	static CompactRow of(Map<String, @Nullable Object> row, Collection<String> columns) {
		List<String> names = (columns instanceof View<String> view) ? view.row.names : List.copyOf(columns);
		@Nullable Object[] values = new Object[names.size()];
		List<String> missing = new ArrayList<>(0);
		for (int i = 0; i < values.length; i++) {
			String name = names.get(i);
			values[i] = row.get(name);
			if (values[i] == null && !row.containsKey(name)) {
				missing.add(name);
			}
		}
		return missing.isEmpty() ? new CompactRow(names, values)
				: of(row, names.stream().filter((name) -> !missing.contains(name)).toList());
	}

	@Override
	public @Nullable Object get(Object name) {
		int i = this.names.indexOf(name);
		return (i >= 0) ? this.values[i] : null;
	}

	@Override
	public boolean containsKey(Object name) {
		return this.names.contains(name);
	}

	@Override
	public int size() {
		return this.values.length;
	}

	@Override
	public Set<String> keySet() {
		return new View<>(this, this.names::get);
	}

	@Override
	public Set<Entry<String, @Nullable Object>> entrySet() {
		return new View<>(this, (i) -> new SimpleImmutableEntry<>(this.names.get(i), this.values[i]));
	}

	/**
	 * Something of each column.
	 *
	 * @param <T> what
	 */
	private static final class View<T> extends AbstractSet<T> {

		private final CompactRow row;

		private final IntFunction<T> element;

		View(CompactRow row, IntFunction<T> element) {
			this.row = row;
			this.element = element;
		}

		@Override
		public boolean contains(@Nullable Object other) {
			return (other instanceof String name) ? this.row.names.contains(name) : super.contains(other);
		}

		@Override
		public Iterator<T> iterator() {
			return IntStream.range(0, size()).mapToObj(this.element).iterator();
		}

		@Override
		public int size() {
			return this.row.size();
		}

	}

}
