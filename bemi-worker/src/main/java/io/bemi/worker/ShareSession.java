package io.bemi.worker;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.bemi.replication.DirectConnections;
import io.bemi.store.StoreSchema;
import io.bemi.store.StoreSettings;
import io.bemi.worker.ShareView.Holder;
import org.postgresql.PGProperty;

/**
 * A session in the store that stands for an instance: for as long as it lasts the
 * instance lives, and has the slots whose advisory locks it holds. The store's server
 * ends the session of a process that is gone at once, of one that stands still after half
 * a minute, and of a machine that has vanished within a minute. Nothing is written.
 */
final class ShareSession implements AutoCloseable {

	private static final int ANSWER_MILLIS = 10_000;

	private static final String SETTINGS = """
			SET idle_session_timeout = '30s'; SET statement_timeout = '10s'; SET lock_timeout = 0;
			SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
			""";

	private static final String KEY = "SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', 'bemi worker', ?, ?), 0)";

	/**
	 * Whoever has the same sources holds the same lock, together.
	 */
	private static final String JOIN = "SELECT pg_catalog.pg_advisory_lock_shared(?)";

	private static final String TAKE = "SELECT pg_catalog.pg_try_advisory_lock(?)";

	private static final String LET_GO = "SELECT pg_catalog.pg_advisory_unlock(?)";

	private static final String HELD = """
			SELECT l.pid, (l.classid::bigint << 32) | l.objid::bigint, coalesce(a.application_name, '')
			  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
			 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
			   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
			""";

	private static final String NAME = "bemi-worker ";

	private static final int LONGEST_NAME = 63;

	private final Connection connection;

	private final Map<Long, String> slots;

	private final Map<String, Long> keys;

	private final long team;

	private final int pid;

	private ShareSession(Connection connection, Map<String, Long> keys, long team, int pid) {
		this.connection = connection;
		this.keys = keys;
		this.slots = new HashMap<>();
		keys.forEach((slot, key) -> this.slots.put(key, slot));
		this.team = team;
		this.pid = pid;
	}

	/**
	 * Opens a session, which holds no slot, and brings the store up to date.
	 * @param store where the store is
	 * @param name the name of the instance
	 * @param slots all slots that are shared out
	 * @throws SQLException when the store cannot be used
	 */
	static ShareSession open(StoreSettings store, String name, List<String> slots) throws SQLException {
		Connection connection = DirectConnections.open(store.url(), properties(store, name), "bemi.store.url");
		try (Statement statement = connection.createStatement()) {
			connection.setNetworkTimeout(Runnable::run, 0);
			new StoreSchema(store.schema()).migrate(connection);
			connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
			statement.execute(SETTINGS);
			Map<String, Long> keys = new HashMap<>();
			for (String slot : slots) {
				keys.put(slot, key(connection, store.schema(), "slot " + slot));
			}
			long team = key(connection, store.schema(), String.join(" ", slots.stream().sorted().toList()));
			ask(connection, JOIN, team);
			try (ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
				row.next();
				return new ShareSession(connection, keys, team, row.getInt(1));
			}
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	private static Properties properties(StoreSettings store, String name) {
		Properties properties = new Properties();
		if (store.username() != null) {
			PGProperty.USER.set(properties, store.username());
		}
		if (store.password() != null) {
			PGProperty.PASSWORD.set(properties, store.password());
		}
		String application = NAME + name;
		PGProperty.APPLICATION_NAME.set(properties,
				application.substring(0, Math.min(application.length(), LONGEST_NAME)));
		PGProperty.TCP_KEEP_ALIVE.set(properties, true);
		PGProperty.CONNECT_TIMEOUT.set(properties, 10);
		PGProperty.SOCKET_TIMEOUT.set(properties, 30);
		return properties;
	}

	private static long key(Connection connection, String schema, String what) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(KEY)) {
			statement.setString(1, schema);
			statement.setString(2, what);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getLong(1);
			}
		}
	}

	private static boolean ask(Connection connection, String sql, long key) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setLong(1, key);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getObject(1) instanceof Boolean answer && answer;
			}
		}
	}

	/**
	 * Looks who is there, and who holds what. Is a sign of life, too.
	 */
	ShareView look() throws SQLException {
		Map<Integer, String> members = new HashMap<>();
		Map<String, Holder> holders = new HashMap<>();
		try (Statement statement = this.connection.createStatement(); ResultSet row = statement.executeQuery(HELD)) {
			while (row.next()) {
				int session = row.getInt(1);
				String slot = this.slots.get(row.getLong(2));
				String name = name(row.getString(3));
				if (slot != null) {
					holders.put(slot, new Holder(session, name));
				}
				else if (row.getLong(2) == this.team) {
					members.put(session, name);
				}
			}
		}
		return new ShareView(this.pid, members, holders);
	}

	private static String name(String application) {
		return application.startsWith(NAME) ? application.substring(NAME.length()) : application;
	}

	/**
	 * Takes a slot.
	 * @return whether nobody else holds it
	 */
	boolean take(String slot) throws SQLException {
		return ask(this.connection, TAKE, key(slot));
	}

	/**
	 * Lets go of a slot that this session holds.
	 */
	void letGo(String slot) throws SQLException {
		ask(this.connection, LET_GO, key(slot));
	}

	private long key(String slot) {
		Long key = this.keys.get(slot);
		if (key == null) {
			throw new IllegalArgumentException("'slot' must be one that is shared out, but is '" + slot + "'");
		}
		return key;
	}

	@Override
	public void close() {
		try {
			this.connection.close();
		}
		catch (SQLException ex) {
			// Nothing depends on it any more.
		}
	}

}
