package io.bemi.revert;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;
import io.bemi.query.ChangePlaces;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;
import io.bemi.query.KnownTable;
import io.bemi.query.Parts;
import io.bemi.revert.Catalogue.TableName;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TimeTravelException;
import org.jspecify.annotations.Nullable;

/**
 * Makes one plan: selects changes, folds the histories of their records, and looks at the
 * rows as they are now.
 */
final class RevertPlanner {

	/** Up to how many records of a table are asked for one by one. */
	private static final int FEW = 1_000;

	private final Changes changes;

	private final TimeTravel travel;

	private final int limit;

	/** Which changes of the transactions, by the position of their commit. */
	private final Map<Position, long[]> selected = new HashMap<>();

	private long count;

	private final Set<Long> transactions = new LinkedHashSet<>();

	private final Map<TableName, Position> since = new LinkedHashMap<>();

	private final List<Change> truncates = new ArrayList<>();

	/** Of few records of a table; no longer kept when they are many. */
	private final Map<TableName, Set<String>> keys = new HashMap<>();

	/** The tables of which more records are changed. */
	private final Set<TableName> many = new HashSet<>();

	private final List<ChangePlaces> emptied = new ArrayList<>();

	private @Nullable String source;

	private @Nullable String database;

	RevertPlanner(Changes changes, TimeTravel travel, int limit) {
		this.changes = changes;
		this.travel = travel;
		this.limit = limit;
	}

	/**
	 * Reads which changes are to be undone.
	 */
	RevertPlanner select(ChangeQuery query) {
		try (Stream<ChangePlaces> stream = query.oldestFirst()
			.places((int) Math.min(this.limit + 1L, Integer.MAX_VALUE), FEW)) {
			stream.forEach(this::select);
		}
		this.selected.values().forEach(Arrays::sort);
		this.emptied.forEach(this::selectTruncates);
		return this;
	}

	private void select(ChangePlaces places) {
		if (this.source == null) {
			this.source = places.source();
			this.database = places.database();
		}
		if (!this.source.equals(places.source())) {
			throw new RevertException("The changes are of more than one database (" + this.source + ", "
					+ places.source() + "): ask for one with source(...)");
		}
		this.count += places.ordinals().size();
		if (this.count > this.limit) {
			throw new RevertException("More than " + this.limit + " changes are too many to be reverted at once"
					+ " ('bemi.revert.max-changes'): narrow the question, the newest changes first");
		}
		long[] ordinals = places.ordinals().stream().mapToLong(Long::longValue).toArray();
		this.selected.merge(places.position(), ordinals, (some, more) -> {
			long[] all = Arrays.copyOf(some, some.length + more.length);
			System.arraycopy(more, 0, all, some.length, more.length);
			return all;
		});
		this.transactions.add(places.transactionId());
		TableName table = new TableName(places.schema(), places.table());
		this.since.putIfAbsent(table, places.position());
		Set<String> known = this.keys.computeIfAbsent(table, (name) -> new HashSet<>());
		if (places.keys() == null) {
			this.many.add(table);
		}
		else if (known.size() <= FEW) {
			known.addAll(places.keys());
		}
		if (!places.truncates().isEmpty()) {
			this.emptied.add(places);
		}
	}

	private void selectTruncates(ChangePlaces places) {
		try (Stream<Change> stream = this.changes.query()
			.source(places.source())
			.schema(places.schema())
			.table(places.table())
			.position(places.position())
			.operation(Operation.TRUNCATE)
			.oldestFirst()
			.stream(Parts.WITHOUT_CONTEXT)) {
			stream.filter((change) -> places.truncates().contains(change.ordinal())).forEach(this.truncates::add);
		}
	}

	private boolean isSelected(Change change) {
		long[] ordinals = this.selected.get(change.position());
		return ordinals != null && Arrays.binarySearch(ordinals, change.ordinal()) >= 0;
	}

	/**
	 * Makes the plan.
	 * @param connection to the application's database, in a transaction that sees one
	 * moment
	 */
	RevertPlan plan(ConnectionSource connections) throws SQLException {
		List<RevertConflict> ofTables = new ArrayList<>();
		List<Revision> revisions = new ArrayList<>();
		List<KnownTable> known = this.changes.tables();
		Map<TableName, LiveTable> tables = connections.with((connection) -> {
			requireSameDatabase(connection);
			return Catalogue.read(connection, this.since.keySet());
		});
		for (TableName name : this.since.keySet()) {
			LiveTable table = tables.get(name);
			if (table != null) {
				revise(table, MaskedColumns.of(table, this.database, known), ofTables, revisions);
			}
			else {
				ofTables.add(new RevertConflict(ConflictKind.TABLE_GONE, name.schema(), name.name(), Map.of(),
						List.of(), "there is no such table any more"));
			}
		}
		Resolutions resolutions = new Resolutions(leaving());
		RevertPlan draft = new RevertPlan(0, List.of(), revisions, ofTables, List.of(), List.of());
		List<List<Work>> groups = connections.with((connection) -> {
			List<Work> left = new Inspection(connection, resolutions, false).inspect(draft.works(resolutions));
			StepOrder order = new StepOrder(left);
			List<List<Work>> ordered = order.order();
			order.stuck()
				.forEach((work) -> resolutions.skip(work.conflict(ConflictKind.NO_ORDER, List.of(),
						"it depends on records that depend on it, and no constraint between them can wait")));
			return ordered;
		});
		return new RevertPlan(this.count, List.copyOf(this.transactions), revisions, ofTables, groups,
				resolutions.passed());
	}

	/**
	 * The store may hold the changes of other databases, with tables of the same names.
	 */
	private void requireSameDatabase(Connection connection) throws SQLException {
		String here = connection.getCatalog();
		if (this.database != null && !this.database.equals(here)) {
			throw new RevertException("The changes are of database '" + this.database + "', but the application's is '"
					+ here + "': revert them there, or ask for source(...)");
		}
	}

	/**
	 * Leaves alone whatever a conflict is about.
	 */
	private static RevertOptions leaving() {
		RevertOptions options = RevertOptions.defaults();
		for (ConflictKind kind : ConflictKind.values()) {
			if (kind.possible().contains(Resolution.SKIP)) {
				options = options.on(kind, Resolution.SKIP);
			}
		}
		return options;
	}

	private void revise(LiveTable table, MaskedColumns masked, List<RevertConflict> ofTables,
			List<Revision> revisions) {
		Map<Place, List<Map<String, @Nullable Object>>> truncated = truncated(table, masked, ofTables);
		Shapes shapes = new Shapes();
		RecordFold fold = new RecordFold(table, shapes);
		try (Stream<Change> stream = history(table)) {
			stream.forEach((change) -> {
				boolean undone = isSelected(change);
				if (change.operation() != Operation.TRUNCATE) {
					fold.add(masked.takenOutOf(change, undone), undone);
				}
				else if (!undone) {
					fold.truncate();
				}
				else {
					fold.undoTruncate(truncated.getOrDefault(Place.of(change), List.of()));
				}
			});
		}
		if (fold.isKeyGone()) {
			ofTables.add(new RevertConflict(ConflictKind.COLUMN_GONE, table.schema(), table.name(), Map.of(),
					table.key(), "records had another key then, and cannot be found by it any more"));
		}
		Deque<Lineage> lineages = fold.finish();
		while (!lineages.isEmpty()) {
			Revision revision = Revision.of(table, lineages.remove(), shapes);
			if (revision != null) {
				revisions.add(revision);
			}
		}
	}

	/**
	 * The changes of the records, and perhaps of others. Those of few records are found
	 * by their keys, if these have stayed the same.
	 */
	private Stream<Change> history(LiveTable table) {
		TableName name = new TableName(table.schema(), table.name());
		Set<String> known = this.keys.getOrDefault(name, Set.of());
		ChangeQuery since = this.changes.query()
			.source(Objects.requireNonNull(this.source))
			.schema(table.schema())
			.table(table.name())
			.fromPosition(Objects.requireNonNull(this.since.get(name)))
			.oldestFirst();
		boolean few = table.keyed() && !table.partitioned() && !this.many.contains(name) && known.size() <= FEW
				&& since.not((those) -> unmoved(those, table)).first().isEmpty();
		return few ? since.primaryKeyIn(known).stream(Parts.WITHOUT_CONTEXT) : since.stream(Parts.WITHOUT_CONTEXT);
	}

	private static ChangeQuery unmoved(ChangeQuery query, LiveTable table) {
		ChangeQuery unmoved = query.notOperation(Operation.TRUNCATE);
		for (String column : table.key()) {
			unmoved = unmoved.notChanged(column);
		}
		return unmoved;
	}

	/**
	 * What was in a table when it was emptied: what there was before the transaction, and
	 * what that has done until then.
	 */
	private Map<Place, List<Map<String, @Nullable Object>>> truncated(LiveTable table, MaskedColumns masked,
			List<RevertConflict> ofTables) {
		Map<Place, List<Map<String, @Nullable Object>>> rows = new HashMap<>();
		for (Change truncate : this.truncates) {
			if (!truncate.table().equals(table.name()) || !truncate.schema().equals(table.schema())) {
				continue;
			}
			try {
				rows.put(Place.of(truncate), before(truncate, table).stream().map(masked::takenOutOf).toList());
			}
			catch (TimeTravelException ex) {
				ofTables.add(new RevertConflict(ConflictKind.UNKNOWN_BEFORE, table.schema(), table.name(), Map.of(),
						List.of(), "it was truncated, and what was in it is not known: " + ex.getMessage()));
			}
		}
		return rows;
	}

	private List<Map<String, @Nullable Object>> before(Change truncate, LiveTable table) {
		List<Map<String, @Nullable Object>> rows = new ArrayList<>(
				this.travel.asOf(truncate.position().previous()).rows(table.toString()));
		try (Stream<Change> stream = this.changes.query()
			.source(truncate.source())
			.schema(table.schema())
			.table(table.name())
			.position(truncate.position())
			.oldestFirst()
			.stream()) {
			TableContent content = new TableContent(table, rows);
			stream.takeWhile((change) -> change.ordinal() < truncate.ordinal()).forEach(content::apply);
			return content.rows();
		}
	}

	/**
	 * Where a change is in the history of its source.
	 */
	private record Place(long position, long ordinal) {

		static Place of(Change change) {
			return new Place(change.position().value(), change.ordinal());
		}

	}

	/**
	 * Lends a connection to the application's database.
	 */
	@FunctionalInterface
	interface ConnectionSource {

		<T> T with(Use<T> use) throws SQLException;

	}

	/**
	 * What is done with a connection.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	interface Use<T> {

		T of(Connection connection) throws SQLException;

	}

}
