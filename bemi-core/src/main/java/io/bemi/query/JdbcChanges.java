package io.bemi.query;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import io.bemi.change.Change;
import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Reads the history in a store.
 */
public final class JdbcChanges implements Changes {

	private static final Pattern ID = Pattern.compile("(\\d{4,10})-([0-9A-F]{8})([0-9A-F]{8})-(\\d{10,18})");

	private final JdbcReader reader;

	private final Duration awaitTimeout;

	private final @Nullable IngestionBarrier barrier;

	/**
	 * Creates an entry to a store, which knows no entities and cannot be waited for.
	 * @param dataSource connections to the store's database
	 * @param schema the store's schema
	 */
	public JdbcChanges(DataSource dataSource, String schema) {
		this(dataSource, QuerySettings.of(schema), EntityTables.NONE, null);
	}

	/**
	 * Creates an entry to a store.
	 * @param dataSource connections to the store's database
	 * @param settings how it is read
	 * @param entities where the application's entities are
	 * @param barrier knows what was committed; {@code null} when ingestion cannot be
	 * waited for
	 */
	public JdbcChanges(DataSource dataSource, QuerySettings settings, EntityTables entities,
			@Nullable IngestionBarrier barrier) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		this.reader = new JdbcReader(dataSource, settings, entities);
		this.awaitTimeout = settings.awaitTimeout();
		this.barrier = barrier;
	}

	@Override
	public ChangeQuery query() {
		return new ChangeQuery(this.reader);
	}

	@Override
	public Optional<Change> find(String id) {
		Matcher matcher = ID.matcher(id);
		if (!matcher.matches()) {
			return Optional.empty();
		}
		String position = matcher.group(2) + "/" + matcher.group(3);
		Condition here = Condition.indexed("(c.position = ?::pg_lsn AND c.ordinal = ? AND c.source = ?)",
				Position.parse(position).toString(), Long.parseLong(matcher.group(4)),
				Long.parseLong(matcher.group(1)));
		List<Change> found = this.reader.list(List.of(here), Order.NEWEST_FIRST, 1);
		return found.stream().filter((change) -> change.id().equals(id)).findFirst();
	}

	@Override
	public void awaitIngested() {
		awaitIngested(this.awaitTimeout);
	}

	@Override
	public void awaitIngested(Duration timeout) {
		if (this.barrier == null) {
			throw new IllegalStateException("Ingestion cannot be waited for: nothing tells which database is recorded."
					+ " Set 'bemi.replication.url'");
		}
		this.barrier.await(this.reader, timeout);
	}

}
