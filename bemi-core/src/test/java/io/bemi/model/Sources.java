package io.bemi.model;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.connection.Autocommit;
import io.bemi.connection.BemiDataSource;
import io.bemi.context.ContextWriter;
import io.bemi.context.OnError;
import io.bemi.testsupport.TestDatabase;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Two small pools and a source without a pool, each with driver settings of its own.
 */
final class Sources implements AutoCloseable {

	private static final String[] SCHEMA = { "CREATE TABLE item (id bigint PRIMARY KEY, expected text)",
			"INSERT INTO item VALUES (0, 'none')", "CREATE TABLE parent (key text PRIMARY KEY)",
			"CREATE TABLE child (id bigint PRIMARY KEY, expected text,"
					+ " parent text REFERENCES parent ON UPDATE CASCADE ON DELETE CASCADE)",
			"CREATE INDEX ON child (parent)", "CREATE TABLE queued (id bigint PRIMARY KEY, expected text)",
			"CREATE TABLE late (id bigint)",
			"CREATE FUNCTION add_item(bigint, text) RETURNS bigint LANGUAGE sql AS"
					+ " 'INSERT INTO item VALUES ($1, $2) RETURNING id'",
			"CREATE PROCEDURE put_item(bigint, text) LANGUAGE sql AS 'INSERT INTO item VALUES ($1, $2)'",
			"CREATE FUNCTION write_late() RETURNS trigger LANGUAGE plpgsql AS"
					+ " $$ BEGIN INSERT INTO late VALUES (NEW.id); RETURN NULL; END $$",
			"CREATE CONSTRAINT TRIGGER late AFTER INSERT ON queued DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
					+ " EXECUTE FUNCTION write_late()" };

	private final List<HikariDataSource> pools;

	private final List<BemiDataSource> sources;

	Sources(TestDatabase database) {
		database.execute(SCHEMA);
		HikariDataSource first = pool(database, 3, Map.of("reWriteBatchedInserts", "true", "prepareThreshold", "2"));
		HikariDataSource second = pool(database, 2, Map.of("autosave", "always"));
		second.setAutoCommit(false);
		PGSimpleDataSource third = plain(database, Map.of("preferQueryMode", "simple"));
		this.pools = List.of(first, second);
		this.sources = Stream.of(first, second, third).map(Sources::wrap).toList();
	}

	// A context that cannot be built fails the program.
	private static BemiDataSource wrap(DataSource dataSource) {
		return new BemiDataSource(dataSource,
				new ContextWriter(OnError.FAIL, ContextWriter.DEFAULT_MAX_SIZE, ContextWriter.DEFAULT_MASKS),
				Autocommit.WRAP);
	}

	private static HikariDataSource pool(TestDatabase database, int size, Map<String, String> settings) {
		HikariDataSource pool = new HikariDataSource();
		pool.setDataSource(plain(database, settings));
		pool.setMaximumPoolSize(size);
		pool.setConnectionTimeout(60_000);
		return pool;
	}

	private static PGSimpleDataSource plain(TestDatabase database, Map<String, String> settings) {
		PGSimpleDataSource dataSource = (PGSimpleDataSource) database.dataSource();
		settings.forEach((name, value) -> {
			try {
				dataSource.setProperty(name, value);
			}
			catch (java.sql.SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		return dataSource;
	}

	/** How many there are. */
	int size() {
		return this.sources.size();
	}

	/**
	 * A source. Whoever holds a connection of a pool asks later ones only, so that no two
	 * tasks wait for each other; the last one has no limit.
	 */
	BemiDataSource get(int index) {
		return this.sources.get(index);
	}

	@Override
	public void close() {
		this.pools.forEach(HikariDataSource::close);
	}

}
