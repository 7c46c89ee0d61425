package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.bemi.change.Position;
import io.bemi.ingestion.PublishedTable.KeyColumn;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of tables by queries: of a table with a key some at a time, in the order
 * of the key, of another one all at once.
 */
final class BaselineReader {

	private static final MemoryLimit LIMIT = new MemoryLimit(1_000, 4 << 20);

	private static final String LOCK_NOT_AVAILABLE = "55P03";

	private static final String UNDEFINED_TABLE = "42P01";

	private static final Pattern ESTIMATE = Pattern.compile("rows=(\\d+)");

	private static final String NAME = """
			SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 WHERE c.oid = ?::bigint::oid
			""";

	private final CatalogTypes catalog;

	private final String publication;

	BaselineReader(CatalogTypes catalog, String publication) {
		this.catalog = catalog;
		this.publication = publication;
	}

	/**
	 * Keeps a table as it is until the transaction ends; rows may change.
	 * @param connection a connection in a transaction
	 * @param present a connection that sees what the table is called now
	 * @param baseline the table
	 * @param wait how long to wait for statements that change the table, in milliseconds
	 * @return whether that was possible: not when the table is gone, or busy
	 */
	static boolean lock(Connection connection, Connection present, PendingBaseline baseline, int wait)
			throws SQLException {
		String name = name(present, baseline);
		if (name == null) {
			return false;
		}
		try (Statement statement = connection.createStatement()) {
			// None of these takes the snapshot of the transaction.
			statement.execute("SET LOCAL row_security = off; SET LOCAL lock_timeout = " + wait);
			statement.execute("LOCK TABLE " + name + " IN ACCESS SHARE MODE");
		}
		catch (SQLException ex) {
			if (isBusy(ex) || UNDEFINED_TABLE.equals(ex.getSQLState())) {
				return false;
			}
			throw ex;
		}
		return name.equals(name(present, baseline));
	}

	/**
	 * Whether a query has only met somebody who changes a table.
	 */
	static boolean isBusy(SQLException ex) {
		return LOCK_NOT_AVAILABLE.equals(ex.getSQLState());
	}

	static boolean exists(Connection present, PendingBaseline baseline) throws SQLException {
		return name(present, baseline) != null;
	}

	private static @Nullable String name(Connection present, PendingBaseline baseline) throws SQLException {
		try (PreparedStatement statement = present.prepareStatement(NAME)) {
			statement.setLong(1, Integer.toUnsignedLong(baseline.oid()));
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? quoted(row.getString(1), row.getString(2)) : null;
			}
		}
	}

	/**
	 * All tables that are published.
	 */
	List<PublishedTable> tables(Connection connection, Position since) throws SQLException {
		return this.catalog.published(connection, this.publication, null, since);
	}

	/**
	 * Looks a table up.
	 * @return the table, or {@code null} when it is not published
	 */
	@Nullable PublishedTable table(Connection connection, int oid, Position since) throws SQLException {
		List<PublishedTable> found = this.catalog.published(connection, this.publication, oid, since);
		return found.isEmpty() ? null : found.get(0);
	}

	/**
	 * How many rows the server believes a table to have.
	 */
	static long estimate(Connection connection, PublishedTable table) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("EXPLAIN SELECT FROM " + from(table))) {
			row.next();
			Matcher estimate = ESTIMATE.matcher(row.getString(1));
			return estimate.find() ? Long.parseLong(estimate.group(1)) : 0;
		}
	}

	/**
	 * Reads the next rows of a table with a key.
	 * @param connection a connection in a transaction
	 * @param table the table
	 * @param baseline after which row to go on
	 * @param moment the transaction that the rows are said to be from
	 * @param exact whether nothing can have changed the rows since recording began
	 */
	BaselineChunk next(Connection connection, PublishedTable table, PendingBaseline baseline, SourceTransaction moment,
			boolean exact) throws SQLException {
		try (Rows rows = new Rows(connection, table, table.values(baseline.after()), moment)) {
			return rows.next(baseline, exact);
		}
	}

	/**
	 * Copies all rows of a table that has no key.
	 * @param connection a connection in a transaction
	 * @param table the table
	 * @param moment the transaction that the rows are said to be from
	 * @return how many rows were copied
	 */
	long copy(Connection connection, PublishedTable table, PendingBaseline baseline, SourceTransaction moment,
			SinkWrite write) throws SQLException {
		PendingBaseline progress = baseline;
		try (Rows rows = new Rows(connection, table, null, moment)) {
			boolean complete = false;
			while (!complete) {
				BaselineChunk chunk = rows.next(progress, true);
				write.append(chunk);
				progress = progress.with(chunk);
				complete = chunk.complete();
			}
		}
		return progress.rows() - baseline.rows();
	}

	static String select(PublishedTable table, boolean afterKey) {
		String columns = table.relation()
			.relation()
			.columns()
			.stream()
			.map((column) -> quoted(column.name()))
			.collect(Collectors.joining(", "));
		StringBuilder sql = new StringBuilder();
		sql.append(afterKey ? "WITH after (p) AS (SELECT CAST(? AS pg_catalog.text[])) " : "");
		sql.append("SELECT ").append(columns).append(" FROM ").append(from(table));
		if (table.key().isEmpty()) {
			return sql.toString();
		}
		sql.append(" WHERE ").append(afterKey ? condition(table.key()) : "true").append(" ORDER BY ");
		sql.append(table.key().stream().map((column) -> quoted(column.name())).collect(Collectors.joining(", ")));
		return sql.append(" LIMIT ").append(LIMIT.rows()).toString();
	}

	/**
	 * Keys greater than parameters: as one comparison of rows, which an index answers;
	 * where the operators are in different schemas there is no such comparison.
	 */
	private static String condition(List<KeyColumn> key) {
		String operators = key.get(0).operators();
		if (key.stream().allMatch((column) -> column.operators().equals(operators))) {
			return "ROW(%s) %s ROW(%s)".formatted(
					key.stream().map((column) -> quoted(column.name())).collect(Collectors.joining(", ")),
					operator(key.get(0), ">"),
					IntStream.range(0, key.size())
						.mapToObj((i) -> parameter(key.get(i), i))
						.collect(Collectors.joining(", ")));
		}
		return comparison(key, 0);
	}

	private static String comparison(List<KeyColumn> key, int from) {
		KeyColumn column = key.get(from);
		String name = quoted(column.name());
		String greater = "%s %s %s".formatted(name, operator(column, ">"), parameter(column, from));
		return (from == key.size() - 1) ? greater : "(%s OR (%s %s %s AND %s))".formatted(greater, name,
				operator(column, "="), parameter(column, from), comparison(key, from + 1));
	}

	private static String operator(KeyColumn column, String name) {
		return "OPERATOR(" + quoted(column.operators()) + "." + name + ")";
	}

	/**
	 * An element of the only parameter, which is an array.
	 */
	private static String parameter(KeyColumn column, int index) {
		return "CAST((SELECT p[" + (index + 1) + "] FROM after) AS " + column.type() + ")";
	}

	private static String from(PublishedTable table) {
		return (table.partitioned() ? "" : "ONLY ")
				+ quoted(table.relation().relation().schema(), table.relation().relation().name());
	}

	private static String quoted(String schema, String name) {
		return quoted(schema) + "." + quoted(name);
	}

	private static String quoted(String identifier) {
		return '"' + identifier.replace("\"", "\"\"") + '"';
	}

	/**
	 * The rows of a query, a chunk at a time.
	 */
	final class Rows implements AutoCloseable {

		private static final int FIRST_FETCH = 1;

		private static final int LARGEST_FETCH = 500;

		private final PublishedTable table;

		private final SourceTransaction moment;

		private final RowReader reader = new RowReader(BaselineReader.this.catalog,
				BaselineReader.this.catalog.rules());

		private final PreparedStatement statement;

		private final ResultSet result;

		private long count;

		private long characters;

		private @Nullable List<String> key;

		private Rows(Connection connection, PublishedTable table, @Nullable List<String> after,
				SourceTransaction moment) throws SQLException {
			this.table = table;
			this.moment = moment;
			this.reader.relation(table.relation().relation(), table.relation().since());
			this.statement = connection.prepareStatement(select(table, after != null));
			this.statement.setFetchSize(FIRST_FETCH);
			if (after != null) {
				this.statement.setArray(1, connection.createArrayOf("text", after.toArray()));
			}
			this.result = this.statement.executeQuery();
		}

		/**
		 * Reads rows until a limit is reached.
		 */
		BaselineChunk next(PendingBaseline baseline, boolean exact) throws SQLException {
			List<RowChange> changes = new ArrayList<>();
			List<PoisonRow> poison = new ArrayList<>();
			long start = this.characters;
			boolean full = false;
			while (!full && this.result.next()) {
				add(changes, poison);
				full = LIMIT.isReached(changes.size(), this.characters - start);
				// As many at a time as fit, whatever they weigh.
				long fitting = LIMIT.characters() / 4 * this.count / Math.max(1, this.characters);
				this.result.setFetchSize((int) Math.max(1, Math.min(Math.min(LARGEST_FETCH, 2 * this.count), fitting)));
			}
			return new BaselineChunk(baseline, changes, changes.size(), poison, exact, this.key, !full);
		}

		private void add(List<RowChange> changes, List<PoisonRow> poison) throws SQLException {
			@Nullable String[] texts = new String[this.table.relation().relation().columns().size()];
			for (int i = 0; i < texts.length; i++) {
				String text = this.result.getString(i + 1);
				texts[i] = text;
				this.characters += (text != null) ? text.length() : 0;
			}
			Insert insert = new Insert(this.table.relation().relation().oid(), Tuple.of(texts));
			for (RowReader.Row row : this.reader.read(this.moment, 0, insert)) {
				if (row.change() != null) {
					changes.add(row.change().asBaseline(this.table.relation()));
				}
				if (row.poison() != null) {
					poison.add(row.poison().of(this.table.relation()));
				}
			}
			this.count++;
			List<String> last = new ArrayList<>();
			for (int column : this.table.relation().keyColumns()) {
				last.add(String.valueOf(texts[column]));
			}
			this.key = last.isEmpty() ? null : this.table.place(last);
		}

		@Override
		public void close() throws SQLException {
			this.result.close();
			this.statement.close();
		}

	}

}
