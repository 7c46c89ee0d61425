package io.bemi.kafka;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.Event.Kind;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what a consumer has read, and up to where, in one transaction. What was
 * written before, because the connector has sent it again, is not written again.
 */
final class StagingWriter implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StagingWriter.class);

	private static final String START = """
			WITH added AS (INSERT INTO kafka_partition (feed, topic, partition, next_offset) VALUES (?, ?, ?, ?)
			               ON CONFLICT DO NOTHING RETURNING next_offset)
			SELECT next_offset FROM added
			 UNION ALL SELECT next_offset FROM kafka_partition WHERE feed = ? AND topic = ? AND partition = ?
			""";

	private static final String FENCE = """
			UPDATE kafka_partition SET next_offset = ? WHERE feed = ? AND topic = ? AND partition = ? AND next_offset = ?
			""";

	private static final String EVENT = """
			INSERT INTO kafka_event (feed, xid, total_order, lsn, sent_at, committed_at, kind, relation, before, after, content)
			VALUES (?, ?, ?, ?::pg_lsn, ?, ?, ?::"char", ?, ?, ?, ?) ON CONFLICT DO NOTHING
			""";

	private static final String END = """
			INSERT INTO kafka_end (feed, position, xid, events, changes, sent_at) VALUES (?, ?::pg_lsn, ?, ?, ?, ?)
			ON CONFLICT (feed, position) DO UPDATE SET staged_at = now(), events = excluded.events,
			   changes = excluded.changes, sent_at = excluded.sent_at
			""";

	private static final String RELATION = """
			WITH added AS (INSERT INTO kafka_relation (feed, digest, schema, name, key, description)
			               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id)
			SELECT id FROM added UNION ALL SELECT id FROM kafka_relation WHERE feed = ? AND digest = ?
			""";

	private static final String REJECTED = """
			INSERT INTO kafka_rejected (feed, topic, partition, record, content, error) VALUES (?, ?, ?, ?, ?, ?)
			""";

	private final Connection connection;

	private final int feed;

	private final EventReader reader;

	private final Map<TableDescription, Integer> relations = new HashMap<>();

	private @Nullable TableDescription lastTable;

	private int lastRelation;

	/** Up to where this consumer has read its partitions. */
	private final Map<TopicPartition, Long> offsets = new HashMap<>();

	private long rejected;

	/**
	 * Creates one.
	 * @param connection a connection to the store, closed with it
	 */
	StagingWriter(Connection connection, int feed, EventReader reader) throws SQLException {
		this.connection = connection;
		this.feed = feed;
		this.reader = reader;
		connection.setAutoCommit(false);
	}

	/**
	 * Takes a partition over.
	 * @param beginning where to begin when nobody has read it so far
	 * @return where to go on
	 */
	long take(TopicPartition partition, long beginning) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(START)) {
			statement.setInt(1, this.feed);
			statement.setString(2, partition.topic());
			statement.setInt(3, partition.partition());
			statement.setLong(4, beginning);
			statement.setInt(5, this.feed);
			statement.setString(6, partition.topic());
			statement.setInt(7, partition.partition());
			Long next = null;
			while (next == null) {
				// Another one may be adding it at this very moment.
				try (ResultSet row = statement.executeQuery()) {
					next = row.next() ? row.getLong(1) : null;
				}
				this.connection.commit();
			}
			this.offsets.put(partition, next);
			return next;
		}
	}

	/**
	 * Lets go of a partition.
	 */
	void leave(TopicPartition partition) {
		this.offsets.remove(partition);
	}

	/**
	 * Writes records down.
	 * @return whether there was an end of a transaction among them
	 * @throws LostPartitionException when another consumer has gone on with a partition
	 */
	boolean write(ConsumerRecords<byte[], byte[]> records) throws SQLException {
		try {
			Map<TopicPartition, Long> next = new HashMap<>();
			List<End> ends = new ArrayList<>();
			for (TopicPartition partition : records.partitions()) {
				List<ConsumerRecord<byte[], byte[]>> read = records.records(partition);
				long offset = read.get(read.size() - 1).offset() + 1;
				fence(partition, offset);
				next.put(partition, offset);
			}
			try (PreparedStatement events = this.connection.prepareStatement(EVENT)) {
				for (ConsumerRecord<byte[], byte[]> message : records) {
					Event event = read(message);
					if (event instanceof Change change) {
						add(events, change);
					}
					else if (event instanceof End end) {
						ends.add(end);
					}
				}
				events.executeBatch();
			}
			write(ends);
			this.connection.commit();
			this.offsets.putAll(next);
			return !ends.isEmpty();
		}
		catch (SQLException | RuntimeException | Error ex) {
			this.connection.rollback();
			// Numbers that were given out just now are none.
			this.relations.clear();
			this.lastTable = null;
			throw ex;
		}
	}

	private void fence(TopicPartition partition, long next) throws SQLException {
		Long expected = this.offsets.get(partition);
		if (expected == null) {
			throw new LostPartitionException(partition);
		}
		try (PreparedStatement statement = this.connection.prepareStatement(FENCE)) {
			statement.setLong(1, next);
			statement.setInt(2, this.feed);
			statement.setString(3, partition.topic());
			statement.setInt(4, partition.partition());
			statement.setLong(5, expected);
			if (statement.executeUpdate() == 0) {
				throw new LostPartitionException(partition);
			}
		}
	}

	private @Nullable Event read(ConsumerRecord<byte[], byte[]> message) throws SQLException {
		try {
			Optional<Event> event = this.reader.read(message);
			return event.orElse(null);
		}
		catch (EventException ex) {
			logger.warn("Record {} of partition {} of topic {} is no event of the connector, see kafka_rejected: {}",
					message.offset(), message.partition(), message.topic(), ex.getMessage());
			reject(message, String.valueOf(ex.getMessage()));
			return null;
		}
	}

	private void reject(ConsumerRecord<byte[], byte[]> message, String error) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(REJECTED)) {
			statement.setInt(1, this.feed);
			statement.setString(2, message.topic());
			statement.setInt(3, message.partition());
			statement.setLong(4, message.offset());
			statement.setBytes(5, message.value());
			statement.setString(6, error);
			statement.executeUpdate();
		}
		this.rejected++;
	}

	/**
	 * How many records were no events.
	 */
	long rejected() {
		return this.rejected;
	}

	private void add(PreparedStatement events, Change change) throws SQLException {
		TableDescription table = change.table();
		boolean message = change.kind() == Kind.MESSAGE;
		events.setInt(1, this.feed);
		events.setLong(2, change.xid());
		events.setLong(3, change.order());
		events.setString(4, change.position().toString());
		events.setLong(5, change.sentAt());
		events.setLong(6, change.committedAt());
		events.setString(7, String.valueOf(change.kind().code()));
		if (message || table == null) {
			events.setNull(8, Types.INTEGER);
		}
		else {
			events.setInt(8, relation(table));
		}
		events.setString(9, change.before());
		events.setString(10, change.after());
		events.setInt(11, Objects.hash(change.before(), change.after()));
		events.addBatch();
	}

	private int relation(TableDescription table) throws SQLException {
		if (table == this.lastTable) {
			return this.lastRelation;
		}
		Integer known = this.relations.get(table);
		if (known == null) {
			known = find(table);
			this.relations.put(table, known);
		}
		this.lastTable = table;
		this.lastRelation = known;
		return known;
	}

	private int find(TableDescription table) throws SQLException {
		byte[] digest = table.digest();
		try (PreparedStatement statement = this.connection.prepareStatement(RELATION)) {
			statement.setInt(1, this.feed);
			statement.setBytes(2, digest);
			statement.setString(3, table.schema());
			statement.setString(4, table.name());
			statement.setString(5, table.key());
			statement.setString(6, table.description());
			statement.setInt(7, this.feed);
			statement.setBytes(8, digest);
			while (true) {
				// Another one may have added it just now.
				try (ResultSet row = statement.executeQuery()) {
					if (row.next()) {
						return row.getInt(1);
					}
				}
			}
		}
	}

	private void write(List<End> ends) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(END)) {
			for (End end : ends) {
				statement.setInt(1, this.feed);
				statement.setString(2, end.position().toString());
				statement.setLong(3, end.xid());
				statement.setLong(4, end.events());
				statement.setLong(5, end.changes());
				statement.setLong(6, end.sentAt());
				statement.executeUpdate();
			}
		}
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

	/**
	 * Another consumer has gone on with a partition.
	 */
	static final class LostPartitionException extends RuntimeException {

		LostPartitionException(TopicPartition partition) {
			super("Another consumer has gone on with partition " + partition.partition() + " of topic "
					+ partition.topic());
		}

	}

}
