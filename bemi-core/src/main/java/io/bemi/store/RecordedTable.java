package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.bemi.pgoutput.JsonBytes;
import io.bemi.tracking.ColumnMask;
import org.jspecify.annotations.Nullable;

/**
 * A table as the store has described it, version by version: says where the columns of
 * one version are in images of another.
 */
public final class RecordedTable {

	private static final String OIDS = """
			SELECT oid FROM relation WHERE source = ? UNION SELECT oid FROM baseline WHERE source = ? ORDER BY 1
			""";

	private final long oid;

	private final List<RelationDictionary.Description> descriptions;

	private RecordedTable(long oid, List<RelationDictionary.Description> descriptions) {
		this.oid = oid;
		this.descriptions = List.copyOf(descriptions);
	}

	/**
	 * Reads all tables of a source.
	 * @param connection a connection to the store, whose search path begins with its
	 * schema
	 * @param source the source's number
	 * @return the tables, those that are gone and those without any description too
	 * @throws SQLException when the store cannot be read
	 */
	public static List<RecordedTable> all(Connection connection, int source) throws SQLException {
		List<RecordedTable> tables = new ArrayList<>();
		RelationDictionary dictionary = new RelationDictionary(connection, source);
		try (PreparedStatement statement = connection.prepareStatement(OIDS)) {
			statement.setInt(1, source);
			statement.setInt(2, source);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					tables.add(new RecordedTable(row.getLong(1), dictionary.descriptions((int) row.getLong(1))));
				}
			}
		}
		return tables;
	}

	/**
	 * Reads one table.
	 * @param connection a connection to the store, whose search path begins with its
	 * schema
	 * @param source the source's number
	 * @param oid the table's object id
	 * @return the table
	 * @throws SQLException when the store cannot be read
	 */
	public static RecordedTable of(Connection connection, int source, long oid) throws SQLException {
		return new RecordedTable(oid, new RelationDictionary(connection, source).descriptions((int) oid));
	}

	/**
	 * The table's object id, unsigned.
	 */
	public long oid() {
		return this.oid;
	}

	/**
	 * The store's numbers for the versions that changes may have, in their order.
	 */
	public List<Long> versions() {
		return all().stream().filter(TableVersion::described).map(TableVersion::id).toList();
	}

	/**
	 * The version that a table has from some number on.
	 * @param newest the greatest number that counts
	 * @return the number; 0 if there is none
	 */
	public long version(long newest) {
		return all().stream().mapToLong(TableVersion::id).filter((id) -> id <= newest).max().orElse(0);
	}

	/**
	 * Whether changes of a version come with the whole row that was there before.
	 * @param version its number
	 */
	public boolean isFull(long version) {
		return this.descriptions.stream()
			.anyMatch((description) -> description.version().id() == version && description.identity().equals("f"));
	}

	/**
	 * The columns that identify records.
	 * @param version a version's number
	 * @return their names; none of a table without key
	 */
	public List<String> key(long version) {
		return all().stream()
			.filter((candidate) -> candidate.id() == version)
			.flatMap((found) -> found.key().stream())
			.toList();
	}

	/**
	 * The versions from which on nothing is known of any record from before.
	 */
	public List<Long> boundaries() {
		return new TableHistory(all()).boundaries();
	}

	/**
	 * The columns of a version that are recorded.
	 * @param version its number
	 * @return their names, in the order of the columns
	 */
	public List<String> columns(long version) {
		return all().stream()
			.filter((candidate) -> candidate.id() == version)
			.flatMap((found) -> found.recorded().stream())
			.map(TableVersion.Column::name)
			.toList();
	}

	private List<TableVersion.Column> treated(long version) {
		return all().stream()
			.filter((candidate) -> candidate.id() == version)
			.flatMap((found) -> found.columns().stream())
			.filter((column) -> column.treatment() != null)
			.toList();
	}

	/**
	 * Where the columns of a version are in the images of an earlier one.
	 * @param image the number of the version that the images have
	 * @param target the number of the version whose columns are wanted
	 * @return by the columns' names; without those whose value cannot be known
	 */
	public Map<String, Origin> origins(long image, long target) {
		return origins(image, new TableHistory(all().stream().filter((version) -> version.id() <= target).toList()));
	}

	/**
	 * Where the columns that a table has now are in the images of a version.
	 * @param image the number of the version that the images have
	 * @param target the columns, in the order of their numbers
	 * @return by the columns' names; without those whose value cannot be known. A mask is
	 * not there where the column's type does not take it
	 */
	public Map<String, Origin> origins(long image, List<LiveColumn> target) {
		List<TableVersion> versions = new ArrayList<>(all());
		List<TableVersion.Column> columns = target.stream()
			.map((column) -> new TableVersion.Column(column.name(), column.type(), column.modifier(), false,
					column.number(), false, null, true, null))
			.toList();
		versions.add(new TableVersion(Long.MAX_VALUE, false, columns, false, false, 0));
		Map<String, Origin> origins = origins(image, new TableHistory(versions));
		Set<String> masked = treated(image).stream().map(TableVersion.Column::name).collect(Collectors.toSet());
		for (LiveColumn column : target) {
			Origin origin = origins.get(column.name());
			if (origin != null && masked.contains(origin.name()) && !column.takesMasks()) {
				origins.put(column.name(), Origin.NONE);
			}
		}
		// Whatever its type has become.
		treated(image).stream()
			.filter((column) -> TableVersion.EXCLUDED.equals(column.treatment()))
			.forEach((column) -> origins.putIfAbsent(column.name(), Origin.NONE));
		return origins;
	}

	private Map<String, Origin> origins(long image, TableHistory history) {
		Map<String, JsonBytes> markers = new LinkedHashMap<>();
		Map<JsonBytes, String> names = new IdentityHashMap<>();
		for (String column : columns(image)) {
			JsonBytes marker = JsonBytes.of("0");
			markers.put(column, marker);
			names.put(marker, column);
		}
		JsonBytes excluded = JsonBytes.of("0");
		treated(image).forEach((column) -> markers.putIfAbsent(column.name(), excluded));
		Map<String, Origin> origins = new LinkedHashMap<>();
		history.untreated().carry(image, markers).forEach((column, value) -> {
			String name = names.get(value);
			Origin filled = (value == excluded) ? Origin.NONE : new Origin(null, value.toString());
			origins.put(column, (name != null) ? new Origin(name, null) : filled);
		});
		return origins;
	}

	private List<TableVersion> all() {
		return this.descriptions.stream().map(RelationDictionary.Description::version).toList();
	}

	/**
	 * Where a column's value is.
	 *
	 * @param name its name in the image; {@code null} where the column came later, or was
	 * not recorded
	 * @param filled what rows got that had been there, as JSON; {@code null} where it is
	 * in the image, or was not recorded
	 */
	public record Origin(@Nullable String name, @Nullable String filled) {

		/** The column was not recorded. */
		static final Origin NONE = new Origin(null, null);

		/**
		 * Whether the column was not recorded.
		 */
		public boolean isNone() {
			return this.name == null && this.filled == null;
		}

	}

	/**
	 * A column as the catalogue has it.
	 *
	 * @param name its name
	 * @param type its type's object id, unsigned
	 * @param modifier its type's modifier
	 * @param number its number in the table
	 */
	public record LiveColumn(String name, long type, int modifier, int number) {

		private static final long TEXT = 25;

		private static final long VARCHAR = 1043;

		/** What a modifier has beside the length. */
		private static final int HEADER = 4;

		/**
		 * Whether any mask is a value of the column.
		 */
		boolean takesMasks() {
			return this.type == TEXT
					|| (this.type == VARCHAR && (this.modifier < 0 || this.modifier - HEADER >= ColumnMask.LONGEST));
		}

	}

}
