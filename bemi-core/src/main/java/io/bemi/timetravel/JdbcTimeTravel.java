package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.connection.ReadScope;
import io.bemi.query.Changes;
import io.bemi.query.IngestionBarrier;
import io.bemi.query.IngestionTimeoutException;
import io.bemi.store.RecordedTable;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * Reads the past from a store in PostgreSQL; {@link #at} from one in the application's
 * own database.
 */
public final class JdbcTimeTravel implements TimeTravel {

	/**
	 * The last parameter is a schema or null. Names are looked for in the as-of views of
	 * a schema, then in the schema, so that what has no view is refused and not found
	 * elsewhere.
	 * <p>
	 * Where the search path is "$user" and one schema more, as it is by default, a role
	 * with the name of the schema of views says the same: the setting stays as it is.
	 * From 18 on the server tells the driver of each new one, and the driver throws all
	 * its prepared statements away then (pgjdbc #4259).
	 */
	private static final String OPENING = """
			SELECT pg_catalog.set_config('bemi.as_of', ?, true), pg_catalog.set_config('search_path', o.path, true),
			       pg_catalog.set_config('transaction_read_only', 'on', true), pg_catalog.set_config('jit', 'off', true),
			       pg_catalog.set_config('role', coalesce(o.role, 'bemi_past'), true)
			  FROM (
			       SELECT n.role, CASE WHEN n.role IS NOT NULL THEN pg_catalog.current_setting('search_path') ELSE (
			              SELECT coalesce(pg_catalog.string_agg(pg_catalog.quote_ident('bemi_asof_' || s.name) || ', '
			                         || pg_catalog.quote_ident(s.name), ', ' ORDER BY s.n), '')
			                FROM pg_catalog.unnest(g.names) WITH ORDINALITY s(name, n)) END AS path
			         FROM (SELECT h.named, CASE WHEN h.named IS NULL THEN pg_catalog.current_schemas(false) ELSE ARRAY[h.named] END AS names
			                 FROM (SELECT ?::text AS named) h) g
			         LEFT JOIN LATERAL (
			              SELECT r.rolname AS role FROM pg_catalog.pg_roles r
			               WHERE g.named IS NULL AND pg_catalog.cardinality(g.names) = 1 AND g.names[1] <> current_user
			                 AND r.rolname = 'bemi_asof_' || g.names[1] AND pg_catalog.current_setting('search_path') ~ '^ *"\\$user" *,'
			                 AND pg_catalog.pg_has_role(r.oid, 'bemi_past', 'USAGE') AND pg_catalog.pg_has_role(current_user, r.oid, CASE
			                     WHEN pg_catalog.current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END)) n ON true) o
			""";

	private static final String RESOLVE = "SELECT %1$s.moment(?, ?, ?, ?)";

	/**
	 * Changes whenever a view may have to: with what the history says of tables, and with
	 * the catalogue.
	 */
	private static final String RESOLVE_WITH_STATE = RESOLVE
			+ """
					, pg_catalog.concat_ws(' ',
					       (SELECT pg_catalog.max(id) FROM %1$s.relation), (SELECT pg_catalog.max(id) FROM %1$s.baseline),
					       (SELECT pg_catalog.sum(pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', a.attrelid, a.attnum, a.attname, a.atttypid,
					               a.atttypmod, a.attcollation, a.attgenerated, a.attisdropped, a.attacl), 0))
					          FROM pg_catalog.pg_attribute a WHERE a.attrelid = ANY (t.oids) AND a.attnum > 0),
					       (SELECT pg_catalog.sum(pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', c.oid, c.relname, c.relnamespace, c.relrowsecurity,
					               c.relhassubclass, c.relacl), 0))
					          FROM pg_catalog.pg_class c
					         WHERE c.oid = ANY (t.oids) OR c.oid >= %2$d AND c.relacl IS NOT NULL AND (c.relkind IN ('v', 'm') OR c.relispartition)),
					       (SELECT pg_catalog.max(f.oid) FROM pg_catalog.pg_constraint f WHERE f.conrelid = ANY (t.oids)))
					  FROM (SELECT ?::oid[] AS oids) t
					""";

	/** Below are the system's own (FirstNormalObjectId in access/transam.h). */
	private static final int FIRST_OBJECT = 16384;

	private static final String IDENTITY = """
			SELECT pg_catalog.concat_ws(' ', pg_catalog.pg_postmaster_start_time(), d.oid, pg_catalog.inet_server_port()), d.datname
			  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
			""";

	/** What the store's functions say by themselves. */
	private static final String UNKNOWN = "BEMI1";

	/** What they say when it may be known later. */
	private static final String LATER = "BEMI2";

	private static final int LARGEST_ATTEMPT = 5;

	private static final Duration CATCH_UP = Duration.ofSeconds(10);

	/** A transaction reads the clock a little before its commit is in the log. */
	private static final long PAUSE_NANOS = 20_000_000;

	private static final String PAST = "SELECT ?::timestamptz <= pg_catalog.clock_timestamp()";

	private final TravellingApplication application;

	private final DataSource dataSource;

	private final StoreConnections store;

	private final Changes changes;

	private final AsOfViews views;

	private final @Nullable IngestionBarrier barrier;

	private final Map<Long, RecordedTable> tables = new ConcurrentHashMap<>();

	private volatile @Nullable Place place;

	private volatile Prepared prepared = new Prepared("", List.of());

	/**
	 * Creates an entry to the past.
	 * @param application what reads it
	 * @param store connections to the store's database; may be the application's own
	 * @param schema the store's schema
	 * @param changes the recorded changes
	 * @param barrier waits for the store, where a moment has just been; {@code null} when
	 * it cannot be waited for
	 */
	public JdbcTimeTravel(TravellingApplication application, DataSource store, String schema, Changes changes,
			@Nullable IngestionBarrier barrier) {
		Assert.notNull(application, "'application' must not be null");
		Assert.notNull(store, "'store' must not be null");
		Assert.hasText(schema, "'schema' must not be empty");
		this.application = application;
		this.dataSource = application.dataSource();
		this.store = new StoreConnections(store, schema);
		this.changes = changes;
		this.barrier = barrier;
		this.views = new AsOfViews(new StoreConnections(this.dataSource, schema), this.store,
				application.rowSecurity());
	}

	@Override
	public Past asOf(Moment moment) {
		Assert.notNull(moment, "'moment' must not be null");
		return new StoredPast(this, moment, this.store, this.changes);
	}

	@Override
	public <T> T at(Moment moment, Supplier<T> work) {
		Assert.notNull(moment, "'moment' must not be null");
		Assert.notNull(work, "'work' must not be null");
		if (TransactionSynchronizationManager.isActualTransactionActive()
				|| TransactionSynchronizationManager.isSynchronizationActive()) {
			throw new TimeTravelException(
					"A transaction is under way on this thread, and reads the present: the past as of " + moment
							+ " is read before or after it, or on another thread");
		}
		ReadScope scope = new ReadScope(wrapped(), "the past as of " + moment, OPENING, List.of(local(moment)), "past",
				TimeTravelException::new);
		List<Runnable> backs = new ArrayList<>();
		try (ReadScope.Opened opened = scope.open()) {
			for (TravelParticipant participant : this.application.participants().get()) {
				backs.add(0, participant.enter());
			}
			return work.get();
		}
		finally {
			backs.forEach(Runnable::run);
		}
	}

	@Override
	public void prepare() {
		try {
			requireLocal();
			this.prepared = new Prepared("", this.views.refresh());
		}
		catch (SQLException ex) {
			throw translated(ex);
		}
	}

	private BemiDataSource wrapped() {
		try {
			if (this.dataSource instanceof BemiDataSource wrapped) {
				return wrapped;
			}
			return this.dataSource.unwrap(BemiDataSource.class);
		}
		catch (SQLException ex) {
			throw new TimeTravelException("The past is read through connections that carry the context, but those of "
					+ this.dataSource + " do not: see bemi.connection.exclude", ex);
		}
	}

	/**
	 * What stands for a moment in the views, which are up to date then.
	 */
	private String local(Moment moment) {
		try {
			requireLocal();
			for (int attempt = 0;; attempt++) {
				Prepared before = this.prepared;
				Resolved resolved = resolve(moment, before.tables());
				if (resolved.state().equals(before.state()) || attempt >= LARGEST_ATTEMPT) {
					return resolved.text();
				}
				List<Long> tables = this.views.refresh();
				// As it was before: who changes something meanwhile is noticed next time.
				this.prepared = new Prepared(tables.equals(before.tables()) ? resolved.state() : "", tables);
			}
		}
		catch (SQLException ex) {
			throw translated(ex);
		}
	}

	private void requireLocal() throws SQLException {
		if (!place().local()) {
			throw new TimeTravelException("The store is in another database than the application's tables, so that SQL"
					+ " cannot read the past: asOf(...) can");
		}
	}

	/**
	 * Whether the store is in the application's own database.
	 */
	boolean isLocal() {
		try {
			return place().local();
		}
		catch (SQLException ex) {
			throw translated(ex);
		}
	}

	/**
	 * What stands for a moment in the store.
	 */
	String resolve(Moment moment) {
		try {
			return resolve(moment, null).text();
		}
		catch (SQLException ex) {
			throw translated(ex);
		}
	}

	/**
	 * What stands for a moment in the store.
	 * @param tables what the state is wanted of; {@code null} when it is not wanted
	 */
	private Resolved resolve(Moment moment, @Nullable List<Long> tables) throws SQLException {
		return ask(moment, (connection, parameters) -> {
			try (PreparedStatement statement = connection
				.prepareStatement(((tables != null) ? RESOLVE_WITH_STATE : RESOLVE)
					.formatted(Sql.identifier(this.store.schema()), FIRST_OBJECT))) {
				parameters.set(statement, 1);
				if (tables != null) {
					statement.setArray(5, connection.createArrayOf("bigint", tables.toArray()));
				}
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					return new Resolved(row.getString(1), (tables != null) ? row.getString(2) : "");
				}
			}
		});
	}

	/**
	 * Asks the store something about a moment, and waits for the store where that is
	 * after what is in it.
	 */
	<T> T ask(Moment moment, Resolution<T> resolution) throws SQLException {
		String database = place().database();
		try {
			return this.store
				.call((connection) -> resolution.run(connection, new Resolution.Parameters(moment, false, database)));
		}
		catch (SQLException ex) {
			if (!LATER.equals(ex.getSQLState()) || !hasBeen(moment)) {
				throw ex;
			}
			catchUp(ex);
			return this.store
				.call((connection) -> resolution.run(connection, new Resolution.Parameters(moment, true, database)));
		}
	}

	/**
	 * Whether a moment is not in the future, by the clock of the source.
	 */
	private boolean hasBeen(Moment moment) throws SQLException {
		if (!moment.kind().equals("time")) {
			return true;
		}
		try (Connection connection = BemiDataSource.bare(this.dataSource).getConnection()) {
			boolean autoCommit = connection.getAutoCommit();
			connection.setAutoCommit(true);
			String answer = single(connection, PAST, moment.value());
			connection.setAutoCommit(autoCommit);
			return "t".equals(answer);
		}
	}

	/**
	 * Waits until everything is stored that has happened in the source by now.
	 * @param refusal what is said without that
	 */
	private void catchUp(SQLException refusal) throws SQLException {
		if (this.barrier == null) {
			throw refusal;
		}
		LockSupport.parkNanos(PAUSE_NANOS);
		try {
			this.barrier.await(this.store.dataSource(), this.store.schema(), CATCH_UP);
		}
		catch (IngestionTimeoutException | IllegalStateException ex) {
			throw new TimeTravelException(translated(refusal).getMessage() + ". " + ex.getMessage(), ex);
		}
	}

	private static @Nullable String single(Connection connection, String sql, @Nullable String... parameters)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < parameters.length; i++) {
				statement.setString(i + 1, parameters[i]);
			}
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? row.getString(1) : null;
			}
		}
	}

	private Place place() throws SQLException {
		Place known = this.place;
		if (known == null) {
			try (Connection connection = BemiDataSource.bare(this.dataSource).getConnection();
					PreparedStatement statement = connection.prepareStatement(IDENTITY);
					ResultSet row = statement.executeQuery()) {
				row.next();
				String here = row.getString(1);
				String there = this.store.call((other) -> Objects.requireNonNull(single(other, IDENTITY)));
				known = new Place(here.equals(there), row.getString(2));
			}
			this.place = known;
		}
		return known;
	}

	/**
	 * A table as the store has described it.
	 * @param newest the number of its newest description
	 */
	RecordedTable table(int source, long oid, long newest) throws SQLException {
		RecordedTable known = this.tables.get(oid);
		if (known == null || newest == 0 || known.version(Long.MAX_VALUE) != newest) {
			known = this.store.transact((connection) -> RecordedTable.of(connection, source, oid));
			this.tables.put(oid, known);
		}
		return known;
	}

	TravellingApplication application() {
		return this.application;
	}

	static TimeTravelException translated(SQLException ex) {
		if ((UNKNOWN.equals(ex.getSQLState()) || LATER.equals(ex.getSQLState())) && ex instanceof PSQLException server
				&& server.getServerErrorMessage() != null) {
			return new TimeTravelException(String.valueOf(server.getServerErrorMessage().getMessage()), ex);
		}
		String advice = "42501".equals(ex.getSQLState())
				? ". The role needs the rights of the one that owns the store, or another one has to be named in"
						+ " 'bemi.store.username': see docs/sql/timetravel.sql"
				: "";
		return new TimeTravelException("The past cannot be read: " + ex.getMessage() + advice, ex);
	}

	/**
	 * Where the store is.
	 *
	 * @param local whether it is in the application's database
	 * @param database the name of the application's database
	 */
	private record Place(boolean local, String database) {
	}

	/**
	 * What the views were last made of.
	 *
	 * @param state the state of the catalogue and of the dictionary
	 * @param tables the object ids of the tables that are recorded
	 */
	private record Prepared(String state, List<Long> tables) {
	}

	/**
	 * A moment in the store.
	 *
	 * @param text what stands for it
	 * @param state the state of the catalogue and of the dictionary
	 */
	private record Resolved(String text, String state) {
	}

}
