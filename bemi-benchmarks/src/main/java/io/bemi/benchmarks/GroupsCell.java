package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.SlotGroup;

/**
 * A log of two tables, which is written once, and its slots from before that: one for
 * both tables, one for each, and one for none. Whoever drains it begins with copies of
 * such slots, and of the store that goes with them.
 */
final class GroupsCell implements AutoCloseable {

	private static final List<String> TABLES = List.of("measured_a", "measured_b");

	private final IngestServer server;

	private final IngestShape shape;

	private final int perTransaction;

	private final int rows;

	private final String database;

	/** Not after the commit of the last transaction, and after the one before. */
	private String end = "0/0";

	/**
	 * Describes it.
	 * @param shape one of those that insert; a transaction has at least a row of each
	 * table
	 * @param all how many rows the largest shapes have
	 */
	GroupsCell(IngestServer server, IngestShape shape, int all) {
		this.server = server;
		this.shape = shape;
		this.perTransaction = Math.max(TABLES.size(), shape.perTransaction(all));
		this.rows = shape.rows(all) / this.perTransaction * this.perTransaction;
		this.database = "grouped_" + shape.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Makes the slots, and writes what is to be drained.
	 */
	void prepare() throws SQLException, InterruptedException {
		this.server.execute("postgres", "CREATE DATABASE " + this.database);
		for (String table : TABLES) {
			this.server.execute(this.database, this.shape.table().replace("measured", table),
					"CREATE PUBLICATION only_" + table + " FOR TABLE " + table);
		}
		this.server.execute(this.database, "CREATE PUBLICATION of_both FOR TABLE " + String.join(", ", TABLES),
				"CREATE PUBLICATION of_none");
		for (int groups = 1; groups <= TABLES.size(); groups++) {
			this.server.execute("postgres", "CREATE DATABASE " + store(groups));
			try (Ingesters ingesters = Ingesters.start(this.server, store(groups), settings(groups))) {
				ingesters.awaitStreaming();
				ingesters.awaitBaselines();
			}
			for (ReplicationSettings settings : settings(groups)) {
				this.server.copySlot(this.database, settings.slot(), kept(settings));
			}
		}
		this.server.createSlot(this.database, kept(settings(0).get(0)));
		this.end = write();
	}

	private String store(int groups) {
		return this.database + "_store_of_" + groups;
	}

	private static String kept(ReplicationSettings settings) {
		return settings.slot() + "_kept";
	}

	private List<ReplicationSettings> settings(int groups) {
		if (groups < TABLES.size()) {
			return List.of(new ReplicationSettings(this.server.url(this.database), "postgres", "",
					(groups == 0) ? "through_none" : "through_one", (groups == 0) ? "of_none" : "of_both"));
		}
		List<String> slots = TABLES.stream().map((table) -> "through_" + table).toList();
		return TABLES.stream()
			.map((table) -> new ReplicationSettings(this.server.url(this.database), "postgres", "", "through_" + table,
					"only_" + table, new SlotGroup("through_two", slots, List.of(table), List.of())))
			.toList();
	}

	/**
	 * Each transaction writes as much to one table as to the other; the last one also a
	 * message, by which who gets no rows knows the end.
	 * @return a position that is not after the last commit, and after the one before
	 */
	private String write() throws SQLException {
		int half = this.perTransaction / TABLES.size();
		StringBuilder body = new StringBuilder();
		for (String table : TABLES) {
			body.append(this.shape.write("n * " + half + " + 1", "n * " + half + " + " + half, this.rows)
				.strip()
				.replace("measured", table)).append("; ");
		}
		int last = this.rows / this.perTransaction - 1;
		return this.server.write(this.database,
				"DO $$ BEGIN FOR n IN 0 .. %d LOOP %s COMMIT; END LOOP; END $$".formatted(last - 1, body),
				"DO $$ DECLARE n int := %d; BEGIN %s PERFORM pg_logical_emit_message(true, 'end', ''); END $$"
					.formatted(last, body));
	}

	/**
	 * Drains the log once.
	 * @param side who does
	 * @param share what each walsender may have of a core; 1 for all
	 */
	GroupsDrain drain(GroupsSide side, double share) throws SQLException, IOException, InterruptedException {
		for (ReplicationSettings settings : settings(side.groups())) {
			this.server.dropSlots(settings.slot());
			this.server.copySlot(this.database, kept(settings), settings.slot());
		}
		return side.isStored() ? drainIntoStore(side, share) : drainRaw(side, share);
	}

	private GroupsDrain drainIntoStore(GroupsSide side, double share)
			throws SQLException, IOException, InterruptedException {
		String store = this.database + "_copy";
		this.server.copyStore(store(side.groups()), store);
		this.server.execute("postgres", "CHECKPOINT");
		try (Ingesters ingesters = Ingesters.start(this.server, store, settings(side.groups()));
				WalsenderLimit limit = WalsenderLimit.start(this.server, side.slots(), share)) {
			ingesters.awaitStreaming();
			GroupsUsage usage = new GroupsUsage(this.server, limit);
			ingesters.awaitStored(this.end);
			GroupsDrain drain = usage.since(this.rows);
			String recorded = this.server.query(store, "SELECT count(*) FROM bemi.change WHERE operation <> 'B'");
			if (!recorded.equals(String.valueOf(this.rows))) {
				throw new IllegalStateException("Expected " + this.rows + " rows, found " + recorded);
			}
			return drain;
		}
	}

	private GroupsDrain drainRaw(GroupsSide side, double share) throws SQLException, IOException, InterruptedException {
		this.server.execute("postgres", "CHECKPOINT");
		List<RawStream> streams = new ArrayList<>();
		settings(side.groups()).forEach((settings) -> streams.add(new RawStream(settings, settings.slot())));
		try (WalsenderLimit limit = WalsenderLimit.start(this.server, side.slots(), share)) {
			for (RawStream stream : streams) {
				stream.start();
			}
			GroupsUsage usage = new GroupsUsage(this.server, limit);
			List<CompletableFuture<Void>> readers = streams.stream()
				.map((stream) -> CompletableFuture.runAsync(() -> read(stream, side)))
				.toList();
			readers.forEach(CompletableFuture::join);
			return usage.since(this.rows);
		}
		finally {
			for (RawStream stream : streams) {
				stream.close();
			}
		}
	}

	private void read(RawStream stream, GroupsSide side) {
		try {
			if (side.groups() == 0) {
				stream.readToMessage();
			}
			else {
				stream.readRows(this.rows / side.groups());
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Lets go of the log.
	 */
	@Override
	public void close() throws SQLException {
		this.server.dropSlots("%");
	}

}
