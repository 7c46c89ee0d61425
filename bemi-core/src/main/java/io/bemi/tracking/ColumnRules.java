package io.bemi.tracking;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Which columns are recorded, and how.
 */
public final class ColumnRules {

	/** Every column is recorded as it is. */
	public static final ColumnRules NONE = new ColumnRules(List.of(), List.of(), null, List.of());

	private static final String PREFIX = "bemi.tracking.";

	private final List<ColumnPattern> exclude;

	private final List<Masked> masked;

	private final List<ColumnPattern> ignore;

	/**
	 * Creates rules. Columns are named by {@code schema.table.column},
	 * {@code table.column} in any schema, or {@code column} in any table, with {@code *}
	 * for any text.
	 * @param exclude the columns whose values are left out; this wins
	 * @param mask the columns whose values are replaced: by a hash, or by the text after
	 * a {@code =}; the first one that names a column counts
	 * @param maskKey the key of the hashes
	 * @param ignore the columns that an UPDATE must not be about alone to be recorded
	 * @throws IllegalArgumentException when something is not as it should be; the message
	 * names the property
	 */
	public ColumnRules(List<String> exclude, List<String> mask, @Nullable String maskKey, List<String> ignore) {
		this.exclude = patterns(exclude, PREFIX + "columns.exclude");
		this.ignore = patterns(ignore, PREFIX + "ignore");
		this.masked = new ArrayList<>();
		ColumnMask hash = null;
		for (String rule : mask) {
			int equals = rule.indexOf('=');
			String pattern = (equals >= 0) ? rule.substring(0, equals) : rule;
			if (equals < 0 && hash == null) {
				hash = ColumnMask.hash(required(maskKey, rule));
			}
			this.masked.add(new Masked(ColumnPattern.of(pattern, PREFIX + "columns.mask"), (equals >= 0)
					? ColumnMask.constant(rule.substring(equals + 1).strip()) : Objects.requireNonNull(hash)));
		}
	}

	private static String required(@Nullable String maskKey, String rule) {
		if (maskKey == null || maskKey.isBlank()) {
			throw new IllegalArgumentException("'bemi.tracking.columns.mask' has '" + rule
					+ "', which asks for a hash: set 'bemi.tracking.columns.mask-key', or write '" + rule + "=***'");
		}
		return maskKey;
	}

	private static List<ColumnPattern> patterns(List<String> texts, String property) {
		return texts.stream().map((text) -> ColumnPattern.of(text, property)).toList();
	}

	/**
	 * Whether there are none.
	 */
	public boolean isEmpty() {
		return this.exclude.isEmpty() && this.masked.isEmpty() && this.ignore.isEmpty();
	}

	/**
	 * Whether a column's values are left out.
	 */
	public boolean excludes(String schema, String table, String column) {
		return this.exclude.stream().anyMatch((pattern) -> pattern.matches(schema, table, column));
	}

	/**
	 * What replaces a column's values.
	 * @return the mask; {@code null} when they are recorded as they are
	 */
	public @Nullable ColumnMask mask(String schema, String table, String column) {
		return this.masked.stream()
			.filter((rule) -> rule.pattern().matches(schema, table, column))
			.map(Masked::mask)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Whether an UPDATE that changes nothing but such columns is not recorded.
	 */
	public boolean ignores(String schema, String table, String column) {
		return this.ignore.stream().anyMatch((pattern) -> pattern.matches(schema, table, column));
	}

	/**
	 * The patterns that name none of some columns.
	 * @param columns the columns
	 * @return the patterns, each once
	 */
	public Set<String> unmatched(Collection<ColumnName> columns) {
		Set<String> unmatched = new LinkedHashSet<>();
		Stream
			.concat(Stream.concat(this.exclude.stream(), this.masked.stream().map(Masked::pattern)),
					this.ignore.stream())
			.filter((pattern) -> columns.stream()
				.noneMatch((name) -> pattern.matches(name.schema(), name.table(), name.column())))
			.forEach((pattern) -> unmatched.add(pattern.toString()));
		return unmatched;
	}

	@Override
	public String toString() {
		return "left out " + this.exclude + ", masked " + this.masked + ", ignored where nothing else changes "
				+ this.ignore;
	}

	/**
	 * Names a column.
	 *
	 * @param schema the schema of its table
	 * @param table the name of its table
	 * @param column its own
	 */
	public record ColumnName(String schema, String table, String column) {
	}

	private record Masked(ColumnPattern pattern, ColumnMask mask) {

		@Override
		public String toString() {
			return this.pattern + " by " + this.mask;
		}

	}

}
