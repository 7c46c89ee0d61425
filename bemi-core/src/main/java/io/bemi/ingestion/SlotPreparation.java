package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.replication.DirectConnections;
import io.bemi.replication.ReplicationException;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.ReplicationSource.CreatedSlot;
import io.bemi.replication.SlotInUseException;
import io.bemi.replication.SlotState;
import io.bemi.replication.SourceIdentity;
import io.bemi.replication.UnreadableSlotException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out where to go on: at the stored position; else at a new slot, with a baseline
 * of the rows that are there already. A history that cannot be continued ends in a gap.
 */
final class SlotPreparation {

	private static final Logger logger = LoggerFactory.getLogger(SlotPreparation.class);

	private final ReplicationSource source;

	private final ChangeSink sink;

	private final BaselineSettings settings;

	private final BaselineMonitor monitor;

	private final SlotMonitor slotMonitor;

	private final Runnable slotReady;

	private final BooleanSupplier stopped;

	/**
	 * What was found out about the slot or the history while streaming.
	 */
	private @Nullable BrokenHistoryException broken;

	private boolean unreadable;

	private Position confirmed = Position.ZERO;

	SlotPreparation(ReplicationSource source, ChangeSink sink, BaselineSettings settings, BaselineMonitor monitor,
			SlotMonitor slotMonitor, Runnable slotReady, BooleanSupplier stopped) {
		this.source = source;
		this.sink = sink;
		this.settings = settings;
		this.monitor = monitor;
		this.slotMonitor = slotMonitor;
		this.slotReady = slotReady;
		this.stopped = stopped;
	}

	BaselineSettings settings() {
		return this.settings;
	}

	SlotMonitor slotMonitor() {
		return this.slotMonitor;
	}

	BaselineMonitor monitor() {
		return this.monitor;
	}

	/**
	 * Takes note that the history cannot be continued.
	 */
	void broken(BrokenHistoryException ex) {
		this.broken = ex;
	}

	/**
	 * Takes note that the slot cannot be read on, now and for ever.
	 */
	void unreadable(UnreadableSlotException ex) {
		this.broken = new BrokenHistoryException(String.valueOf(ex.getMessage()), null);
		this.unreadable = true;
	}

	/**
	 * From where on the slot that was prepared sends.
	 */
	Position confirmed() {
		return this.confirmed;
	}

	SinkSource prepare(Connection plain, Connection replication, CatalogTypes catalog) throws SQLException {
		SlotState slot = this.source.slot(plain);
		if (slot != null && slot.active()) {
			throw new SlotInUseException(
					"The replication slot '" + this.source.settings().slot() + "' is used by " + slot.holder(), null);
		}
		SourceIdentity identity = this.source.identify(replication);
		SinkSource known = open(identity, slot, replication);
		if (this.sink.isRetired()) {
			this.broken = new BrokenHistoryException("Its tables were read through other slots meanwhile", null);
			known = supersede(known, identity);
			if (slot != null) {
				this.source.dropSlot(plain);
				slot = null;
			}
		}
		if (slot != null && (slot.lost() || this.unreadable)) {
			if (slot.lost()) {
				this.broken = new BrokenHistoryException(slot.loss(), null);
			}
			known = supersede(known, identity);
			this.source.dropSlot(plain);
			slot = null;
		}
		if (slot == null) {
			return startWithBaseline(continuedWithoutSlot(known, replication, identity), plain, replication, catalog);
		}
		this.slotReady.run();
		Position confirmed = slot.confirmed();
		if (confirmed == null) {
			throw new ReplicationException("The slot '" + identity.slot()
					+ "' is still being created: it waits for running transactions to end", null);
		}
		this.confirmed = confirmed;
		known = continued(known, confirmed, plain, replication, identity);
		if (known.position() == null) {
			return adopt(known, confirmed, plain, catalog);
		}
		return known;
	}

	/**
	 * Ends the history with what is known to have broken it, if anything is.
	 */
	private SinkSource supersede(SinkSource known, SourceIdentity identity) {
		BrokenHistoryException found = this.broken;
		SinkSource next = known;
		if (found != null && known.position() != null) {
			Position end = (found.end() != null) ? found.end() : known.position();
			logger.warn("The history of database '{}' has a gap since {}, see bemi.gap: {}. Rows are copied anew",
					identity.database(), end, found.getMessage());
			next = this.sink.supersede(known.at(end), identity, String.valueOf(found.getMessage()));
		}
		this.broken = null;
		this.unreadable = false;
		return next;
	}

	/**
	 * Opens the sink. While that is not possible the slot keeps what is committed: better
	 * a history without a baseline than one with a hole.
	 */
	private SinkSource open(SourceIdentity identity, @Nullable SlotState slot, Connection replication)
			throws SQLException {
		try {
			return this.sink.open(identity);
		}
		catch (SinkException ex) {
			if (slot == null && !DirectConnections.isStandby(replication)) {
				CreatedSlot created = this.source.createSlot(replication);
				this.slotReady.run();
				logger.info("Created slot '{}' at {}: it keeps changes until the store can be used", identity.slot(),
						created.position());
			}
			throw ex;
		}
	}

	private SinkSource continuedWithoutSlot(SinkSource known, Connection replication, SourceIdentity identity)
			throws SQLException {
		if (known.position() == null) {
			return known;
		}
		if (DirectConnections.isStandby(replication)) {
			throw new ReplicationException("The server is a hot standby, and has no slot '" + identity.slot()
					+ "' to go on from. Name the primary server in 'bemi.replication.url' (with several hosts:"
					+ " targetServerType=primary)", null);
		}
		BrokenHistoryException found = Continuity.ofTimeline(known, this.source, replication, identity);
		if (found == null) {
			found = new BrokenHistoryException((known.timeline() == identity.timeline()) ? "The slot was dropped"
					: "The server that took over, or was restored, has no slot (timeline " + known.timeline()
							+ " became " + identity.timeline() + ")",
					null);
		}
		this.broken = found;
		return supersede(known, identity);
	}

	/**
	 * A slot that exists need not be the one that the history ends at.
	 */
	private SinkSource continued(SinkSource known, Position confirmed, Connection plain, Connection replication,
			SourceIdentity identity) throws SQLException {
		if (known.position() != null && this.broken == null) {
			this.broken = Continuity.check(known, confirmed, this.source.walPosition(plain), this.source, replication,
					identity);
		}
		return supersede(known, identity).on(identity.timeline());
	}

	private SinkSource startWithBaseline(SinkSource known, Connection plain, Connection replication,
			CatalogTypes catalog) throws SQLException {
		CreatedSlot created = this.source.createSlot(replication);
		this.slotReady.run();
		this.confirmed = created.position();
		Position start = created.position().previous();
		logger.info("Created slot '{}' at {}", this.source.settings().slot(), created.position());
		try (InitialBaseline baseline = InitialBaseline.of(this.source, plain, catalog, created.snapshot(), start)) {
			request(known, baseline.tables(), baseline.moment());
			SinkSource source = known.at(start);
			baseline.copy(this.sink, source, this.monitor, () -> {
				this.slotMonitor.look(plain);
				return this.stopped.getAsBoolean();
			});
			return source;
		}
	}

	/**
	 * The slot was created by hand, or while there was no store: the rows that were there
	 * are copied beside the stream.
	 */
	private SinkSource adopt(SinkSource known, Position confirmed, Connection plain, CatalogTypes catalog)
			throws SQLException {
		SourceSnapshot now = SourceSnapshot.of(plain);
		SourceTransaction moment = new SourceTransaction(confirmed.previous(), now.takenAt(), now.max());
		request(known, catalog.published(plain, this.source.settings().publication(), null, moment.position()), moment);
		logger.info("Going on from slot '{}' at {}", this.source.settings().slot(), confirmed);
		return known.at(moment.position());
	}

	/**
	 * From here on it is known where to go on, and what is still to be copied.
	 */
	private void request(SinkSource known, List<PublishedTable> tables, SourceTransaction moment) {
		request(this.sink, this.settings, known, tables, moment);
	}

	static void request(ChangeSink sink, BaselineSettings settings, SinkSource known, List<PublishedTable> tables,
			SourceTransaction moment) {
		try (SinkWrite write = sink.begin(known, moment.position())) {
			write.beginHistory(moment);
			for (PublishedTable table : tables) {
				TrackedRelation relation = table.relation();
				if (!settings.isExcluded(relation.relation().schema(), relation.relation().name())) {
					write.requestBaseline(relation, moment, 0, false);
				}
			}
			write.appendContexts(List.of(new TransactionContext(moment, 0, Metadata.EMPTY)));
			write.commit();
		}
	}

}
