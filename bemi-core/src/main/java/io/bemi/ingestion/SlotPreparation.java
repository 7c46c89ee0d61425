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

	private final Runnable slotReady;

	private final BooleanSupplier stopped;

	/**
	 * Whether the slot was created while the store could not say how far the history
	 * goes.
	 */
	private boolean createdBlindly;

	SlotPreparation(ReplicationSource source, ChangeSink sink, BaselineSettings settings, BaselineMonitor monitor,
			Runnable slotReady, BooleanSupplier stopped) {
		this.source = source;
		this.sink = sink;
		this.settings = settings;
		this.monitor = monitor;
		this.slotReady = slotReady;
		this.stopped = stopped;
	}

	BaselineSettings settings() {
		return this.settings;
	}

	BaselineMonitor monitor() {
		return this.monitor;
	}

	SinkSource prepare(Connection plain, Connection replication, CatalogTypes catalog) throws SQLException {
		SlotState slot = this.source.slot(plain);
		if (slot != null && slot.active()) {
			throw new SlotInUseException(
					"The replication slot '" + this.source.settings().slot() + "' is used by " + slot.holder(), null);
		}
		SourceIdentity identity = this.source.identify(replication);
		SinkSource known = open(identity, slot, replication);
		if (slot != null && slot.lost()) {
			logger.warn("The slot '{}' is lost: the server removed WAL that it needed. It is created anew",
					identity.slot());
			this.source.dropSlot(plain);
			known = this.sink.supersede(known, identity,
					"The server removed WAL that the slot needed (max_slot_wal_keep_size)");
			slot = null;
		}
		if (slot == null) {
			if (known.position() != null) {
				logger.warn("The slot '{}' is gone: it is created anew, and the history has a gap since {}",
						identity.slot(), known.position());
				known = this.sink.supersede(known, identity, "The slot was dropped");
			}
			return startWithBaseline(known, plain, replication, catalog);
		}
		this.slotReady.run();
		known = supersedeUnlessContinued(known, slot, plain, identity);
		if (known.position() == null) {
			return adopt(known, slot, plain, catalog);
		}
		return known;
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
				this.createdBlindly = true;
				this.slotReady.run();
				logger.info("Created slot '{}' at {}: it keeps changes until the store can be used", identity.slot(),
						created.position());
			}
			throw ex;
		}
	}

	/**
	 * A slot that exists need not be the one that the history ends at.
	 */
	private SinkSource supersedeUnlessContinued(SinkSource known, SlotState slot, Connection plain,
			SourceIdentity identity) throws SQLException {
		SinkSource current = known;
		if (known.position() != null && this.createdBlindly) {
			current = this.sink.supersede(known, identity, "The slot was dropped");
		}
		else if (known.position() != null && known.position().isAfter(this.source.walPosition(plain))) {
			current = this.sink.supersede(known, identity, "The database was set back to an earlier state");
		}
		else if (known.position() != null && isFurther(slot, known)) {
			logger
				.warn("The slot '{}' was confirmed up to {}, which is further than the store is: the history has a gap"
						+ " since {}", identity.slot(), slot.confirmed(), known.position());
			current = this.sink.supersede(known, identity, "The slot was confirmed further than the store is: the store"
					+ " was set back to an earlier state, or somebody else has read from the slot");
		}
		this.createdBlindly = false;
		return current;
	}

	/**
	 * Whether something was confirmed that the sink does not know of.
	 */
	private boolean isFurther(SlotState slot, SinkSource known) {
		Position confirmable = this.sink.confirmable(known);
		return confirmable != null && slot.confirmed() != null && slot.confirmed().isAfter(confirmable);
	}

	private SinkSource startWithBaseline(SinkSource known, Connection plain, Connection replication,
			CatalogTypes catalog) throws SQLException {
		CreatedSlot created = this.source.createSlot(replication);
		this.slotReady.run();
		Position start = before(created.position());
		logger.info("Created slot '{}' at {}", this.source.settings().slot(), created.position());
		try (InitialBaseline baseline = InitialBaseline.of(this.source, plain, catalog, created.snapshot(), start)) {
			request(known, baseline.tables(), baseline.moment());
			SinkSource source = known.at(start);
			baseline.copy(this.sink, source, this.monitor, this.stopped);
			return source;
		}
	}

	/**
	 * The slot was created by hand, or while there was no store: the rows that were there
	 * are copied beside the stream.
	 */
	private SinkSource adopt(SinkSource known, SlotState slot, Connection plain, CatalogTypes catalog)
			throws SQLException {
		Position confirmed = slot.confirmed();
		if (confirmed == null) {
			throw new ReplicationException("The slot '" + this.source.settings().slot()
					+ "' is still being created: it waits for running transactions to end", null);
		}
		SourceSnapshot now = SourceSnapshot.of(plain);
		SourceTransaction moment = new SourceTransaction(before(confirmed), now.takenAt(), now.max());
		request(known, catalog.published(plain, this.source.settings().publication(), null, moment.position()), moment);
		logger.info("Going on from slot '{}' at {}", this.source.settings().slot(), confirmed);
		return known.at(moment.position());
	}

	/**
	 * From here on it is known where to go on, and what is still to be copied.
	 */
	private void request(SinkSource known, List<PublishedTable> tables, SourceTransaction moment) {
		try (SinkWrite write = this.sink.begin(known, moment.position())) {
			for (PublishedTable table : tables) {
				TrackedRelation relation = table.relation();
				if (!this.settings.isExcluded(relation.relation().schema(), relation.relation().name())) {
					write.requestBaseline(relation, moment, 0, false);
				}
			}
			write.appendContexts(List.of(new TransactionContext(moment, 0, Metadata.EMPTY)));
			write.confirmable(after(moment.position()));
			write.commit();
		}
	}

	/**
	 * The stored position is that of a commit that is stored; a transaction may commit at
	 * the very position where a slot starts.
	 */
	private static Position before(Position start) {
		return new Position(start.value() - 1);
	}

	private static Position after(Position before) {
		return new Position(before.value() + 1);
	}

}
