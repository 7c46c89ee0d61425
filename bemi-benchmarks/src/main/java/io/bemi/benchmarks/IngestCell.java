package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

import io.bemi.replication.ReplicationSettings;

/**
 * A shape's log, which is written once, and its slots from before that. Whoever drains it
 * begins with a copy of such a slot; Bemi with a copy of the store that goes with it,
 * too.
 */
final class IngestCell implements AutoCloseable {

	private static final String PUBLICATION = "bemi";

	private final IngestServer server;

	private final IngestShape shape;

	private final int all;

	/** The database, and what the names of its slots begin with. */
	private final String name;

	/** Not after the commit of the last transaction, and after the one before. */
	private String end = "0/0";

	IngestCell(IngestServer server, IngestShape shape, int all) {
		this.server = server;
		this.shape = shape;
		this.all = all;
		this.name = shape.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Makes the slots, and writes what is to be drained.
	 */
	void prepare() throws SQLException, InterruptedException {
		this.server.execute("postgres", "CREATE DATABASE " + this.name, "CREATE DATABASE " + this.name + "_store");
		this.server.execute(this.name, this.shape.table(), "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE measured");
		if (this.shape.live(this.all) > 0) {
			this.server.execute(this.name, IngestSql.NARROW_INSERT.replace("{from}", "1")
				.replace("{to}", String.valueOf(this.shape.live(this.all))), "VACUUM ANALYZE measured");
		}
		this.server.createSlot(this.name, this.name + "_warm");
		if (this.shape.warmUp(this.all) > 0) {
			write(0, this.shape.warmUp(this.all));
		}
		if (this.shape.live(this.all) == 0) {
			this.server.execute(this.name, "TRUNCATE measured");
		}
		this.server.createSlot(this.name, this.name + "_measured");
		try (Ingesters ingesters = start(this.name + "_store")) {
			ingesters.awaitStreaming();
			ingesters.awaitBaselines();
		}
		this.server.copySlot(this.name, ReplicationSettings.slotOf(this.name), this.name + "_bemi");
		this.end = write(0, this.shape.rows(this.all));
	}

	/**
	 * Writes rows, in transactions.
	 * @return a position that is not after the last commit, and after the one before
	 */
	private String write(int from, int to) throws SQLException {
		int size = Math.min(this.shape.perTransaction(this.all), to - from);
		int last = to - size;
		return this.server
			.write(this.name,
					"DO $$ BEGIN FOR n IN 0 .. %d LOOP %s; COMMIT; END LOOP; END $$".formatted((last - from) / size - 1,
							this.shape.write(from + " + n * " + size + " + 1", from + " + n * " + size + " + " + size,
									this.all)),
					this.shape.write(String.valueOf(last + 1), String.valueOf(to), this.all));
	}

	/**
	 * Drains the log once.
	 * @return rows per second
	 */
	double drain(IngestSide side) throws SQLException, IOException, InterruptedException {
		double millis = switch (side) {
			case RAW -> drainRaw();
			case BEMI -> drainBemi();
			case DEBEZIUM -> drainDebezium();
		};
		return this.shape.rows(this.all) / millis * 1000;
	}

	private double drainRaw() throws SQLException {
		this.server.execute("postgres", "CHECKPOINT");
		try (RawStream stream = new RawStream(settings(), this.name + "_measured")) {
			stream.start();
			Stopwatch watch = new Stopwatch();
			stream.readRows(this.shape.rows(this.all));
			watch.stop();
			return watch.milliseconds();
		}
	}

	private double drainBemi() throws SQLException, InterruptedException {
		String store = this.name + "_copy";
		String slot = ReplicationSettings.slotOf(this.name);
		this.server.copyStore(this.name + "_store", store);
		this.server.execute("postgres", "SELECT pg_drop_replication_slot('" + slot + "')");
		this.server.copySlot(this.name, this.name + "_bemi", slot);
		this.server.execute("postgres", "CHECKPOINT");
		double millis;
		try (Ingesters ingesters = start(store)) {
			ingesters.awaitStreaming();
			Stopwatch watch = new Stopwatch();
			ingesters.awaitStored(this.end);
			watch.stop();
			millis = watch.milliseconds();
		}
		check(store, "SELECT count(*) FROM bemi.change WHERE operation <> 'B'", this.shape.rows(this.all));
		check(store, "SELECT count(*) FROM bemi.change WHERE operation = 'B'", this.shape.live(this.all));
		return millis;
	}

	private double drainDebezium() throws SQLException, IOException, InterruptedException {
		for (String slot : new String[] { "_warm", "_measured" }) {
			this.server.copySlot(this.name, this.name + slot, this.name + slot + "_copy");
		}
		this.server.execute("postgres", "CHECKPOINT");
		double millis = DebeziumProcess.drain(this.server.url(this.name), PUBLICATION,
				this.server.url(IngestFlatTable.DATABASE), this.name + "_warm_copy", this.shape.warmUp(this.all),
				this.name + "_measured_copy", this.shape.rows(this.all));
		check(IngestFlatTable.DATABASE, "SELECT count(*) FROM flat", this.shape.rows(this.all));
		for (String slot : new String[] { "_warm_copy", "_measured_copy" }) {
			this.server.dropSlots(this.name + slot);
		}
		return millis;
	}

	private ReplicationSettings settings() {
		return new ReplicationSettings(this.server.url(this.name), "postgres", "",
				ReplicationSettings.slotOf(this.name), PUBLICATION);
	}

	private Ingesters start(String store) throws SQLException {
		return Ingesters.start(this.server, store, List.of(settings()));
	}

	private void check(String database, String question, int expected) throws SQLException {
		String found = this.server.query(database, question);
		if (!found.equals(String.valueOf(expected))) {
			throw new IllegalStateException("Expected " + expected + " rows of " + this.shape + ", found " + found);
		}
	}

	/**
	 * Lets go of the log.
	 */
	@Override
	public void close() throws SQLException {
		this.server.dropSlots("%");
		this.server.execute("postgres", "DROP DATABASE " + this.name + " WITH (FORCE)",
				"DROP DATABASE " + this.name + "_store WITH (FORCE)",
				"DROP DATABASE IF EXISTS " + this.name + "_copy WITH (FORCE)");
	}

}
