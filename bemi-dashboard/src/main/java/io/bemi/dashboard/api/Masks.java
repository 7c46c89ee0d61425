package io.bemi.dashboard.api;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.bemi.dashboard.DashboardMask;
import io.bemi.dashboard.DashboardUser;
import io.bemi.query.Changes;
import io.bemi.query.KnownTable;
import org.jspecify.annotations.Nullable;

/**
 * What one user must not see.
 */
final class Masks {

	private final List<DashboardMask> masks;

	private final DashboardUser user;

	private final Supplier<List<KnownTable>> tables;

	private final Map<List<String>, Set<String>> columns = new ConcurrentHashMap<>();

	private volatile @Nullable List<KnownTable> known;

	Masks(List<DashboardMask> masks, DashboardUser user, Changes changes) {
		this.masks = masks;
		this.user = user;
		this.tables = changes::tables;
	}

	/**
	 * The columns that are hidden in a table.
	 */
	Set<String> of(String schema, String table) {
		if (this.masks.isEmpty()) {
			return Set.of();
		}
		return this.columns.computeIfAbsent(List.of(schema, table), (any) -> {
			Set<String> all = new HashSet<>();
			this.masks.forEach((mask) -> all.addAll(mask.columns(schema, table, this.user)));
			return Set.copyOf(all);
		});
	}

	/**
	 * The columns that are hidden in any of some tables.
	 * @param schema the schema; {@code null} for any
	 * @param table the name; {@code null} for any
	 */
	Set<String> ofAny(@Nullable String schema, @Nullable String table) {
		Set<String> all = new HashSet<>();
		if (!this.masks.isEmpty()) {
			if (schema != null && table != null) {
				return of(schema, table);
			}
			for (KnownTable one : tables()) {
				if ((schema == null || one.schema().equals(schema)) && (table == null || one.table().equals(table))) {
					all.addAll(of(one.schema(), one.table()));
				}
			}
		}
		return all;
	}

	/**
	 * Whether a record's key is hidden: when a column of it is, or when it is not known
	 * what the key is.
	 */
	boolean hidesKey(String schema, String table) {
		Set<String> hidden = of(schema, table);
		if (hidden.isEmpty()) {
			return false;
		}
		List<KnownTable> named = named(schema, table);
		if (named.isEmpty()) {
			// A stream lasts, and meanwhile the first change of a table comes.
			this.known = null;
			named = named(schema, table);
		}
		return named.isEmpty()
				|| named.stream().anyMatch((one) -> one.keyColumns().stream().anyMatch(hidden::contains));
	}

	private List<KnownTable> named(String schema, String table) {
		return tables().stream().filter((one) -> one.schema().equals(schema) && one.table().equals(table)).toList();
	}

	/**
	 * Whether the key of any of some tables is hidden.
	 */
	boolean hidesAnyKey(@Nullable String schema, @Nullable String table) {
		return !this.masks.isEmpty() && tables().stream()
			.filter((one) -> schema == null || one.schema().equals(schema))
			.filter((one) -> table == null || one.table().equals(table))
			.anyMatch((one) -> hidesKey(one.schema(), one.table()));
	}

	private List<KnownTable> tables() {
		List<KnownTable> found = this.known;
		if (found == null) {
			found = this.tables.get();
			this.known = found;
		}
		return found;
	}

}
