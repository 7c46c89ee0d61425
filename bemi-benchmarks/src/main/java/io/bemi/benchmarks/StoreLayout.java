package io.bemi.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import io.bemi.store.StoreSchema;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Where changes are stored.
 */
enum StoreLayout {

	/** Bemi's store with all its indexes, filled by the COPYs of ingestion. */
	BEMI(List.of("bemi.change_2025_01", "bemi.context_2025_01"), """
			COPY bemi.change (committed_at, source, position, ordinal, relation, transaction_id, context, operation,
			                  primary_key, previous_key, image, replaced, unknown) FROM STDIN
			""", """
			COPY bemi.context (committed_at, source, position, number, transaction_id, metadata) FROM STDIN
			""") {

		@Override
		void create(Connection connection) throws SQLException {
			execute(connection, "DROP SCHEMA IF EXISTS bemi CASCADE");
			new StoreSchema("bemi").migrate(connection);
			execute(connection, "SET search_path = bemi, public");
			for (String table : List.of("change", "context")) {
				execute(connection, """
						CREATE TABLE %1$s_2025_01 (LIKE %1$s INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
						ALTER TABLE %1$s ATTACH PARTITION %1$s_2025_01
						  FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2025-02-01 00:00+00')
						""".formatted(table));
			}
		}

		@Override
		List<String> data(StoreChanges changes, int from, int to) {
			return List.of(changes.rows(from, to), changes.contexts(from, to));
		}

	},

	/**
	 * One flat table with a context in each row, as the migrations of the original's
	 * worker leave it (github.com/BemiHQ/bemi, {@code core/src/migrations}): a primary
	 * key and eight indexes, three of them GIN.
	 */
	ORIGINAL(List.of("public.changes"),
			"""
					COPY public.changes (created_at, primary_key, after, context, database, schema, "table", operation, committed_at,
					                     queued_at, transaction_id, position, before) FROM STDIN
					""") {

		@Override
		void create(Connection connection) throws SQLException {
			execute(connection, """
					DROP TABLE IF EXISTS public.changes;
					CREATE TABLE public.changes (
					    id             uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
					    created_at     timestamptz  NOT NULL,
					    primary_key    varchar(255),
					    after          jsonb        NOT NULL,
					    context        jsonb        NOT NULL,
					    database       varchar(255) NOT NULL,
					    schema         varchar(255) NOT NULL,
					    "table"        varchar(255) NOT NULL,
					    operation      text         NOT NULL,
					    committed_at   timestamptz  NOT NULL,
					    queued_at      timestamptz  NOT NULL,
					    transaction_id bigint       NOT NULL,
					    position       bigint       NOT NULL,
					    before         jsonb        NOT NULL,
					    UNIQUE (position, "table", schema, database, operation)
					);
					CREATE INDEX ON public.changes (committed_at);
					CREATE INDEX ON public.changes (primary_key);
					CREATE INDEX ON public.changes ("table");
					CREATE INDEX ON public.changes (operation);
					CREATE INDEX ON public.changes USING gin (before jsonb_path_ops);
					CREATE INDEX ON public.changes USING gin (after jsonb_path_ops);
					CREATE INDEX ON public.changes USING gin (context jsonb_path_ops)
					""");
		}

		@Override
		List<String> data(StoreChanges changes, int from, int to) {
			return List.of(changes.flatRows(from, to));
		}

	};

	private static final int CHUNK = 5_000;

	private final List<String> tables;

	private final List<String> copies;

	StoreLayout(List<String> tables, String... copies) {
		this.tables = tables;
		this.copies = List.of(copies);
	}

	/**
	 * Makes the tables anew.
	 */
	abstract void create(Connection connection) throws SQLException;

	/**
	 * What the COPYs take.
	 */
	abstract List<String> data(StoreChanges changes, int from, int to);

	/**
	 * Stores changes in chunks, each in a transaction.
	 * @return changes per second, without the time to make them up
	 */
	double fill(Connection connection, StoreChanges changes, int from, int to) throws SQLException, IOException {
		execute(connection, "CHECKPOINT");
		CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
		long nanos = 0;
		connection.setAutoCommit(false);
		for (int start = from; start < to; start += CHUNK) {
			List<byte[]> data = data(changes, start, Math.min(start + CHUNK, to)).stream()
				.map((text) -> text.getBytes(StandardCharsets.UTF_8))
				.toList();
			long begun = System.nanoTime();
			for (int i = 0; i < this.copies.size(); i++) {
				copy.copyIn(this.copies.get(i), new ByteArrayInputStream(data.get(i)));
			}
			connection.commit();
			nanos += System.nanoTime() - begun;
		}
		connection.setAutoCommit(true);
		return (to - from) * 1e9 / nanos;
	}

	/**
	 * How many bytes all takes, with indexes, when nothing waits to be put into them.
	 */
	long size(Connection connection) throws SQLException {
		long bytes = 0;
		for (String table : this.tables) {
			execute(connection, "VACUUM " + table);
			try (Statement statement = connection.createStatement();
					ResultSet row = statement.executeQuery("SELECT pg_total_relation_size('" + table + "')")) {
				row.next();
				bytes += row.getLong(1);
			}
		}
		return bytes;
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
