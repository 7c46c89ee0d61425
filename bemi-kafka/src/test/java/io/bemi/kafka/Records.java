package io.bemi.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Records as the connector writes them, of a table {@code todo (id int PRIMARY KEY, task
 * text)}.
 */
final class Records {

	private static final String ROW = """
			{"type":"struct","fields":[{"type":"int32","optional":false,"parameters":{"__debezium.source.column.type":"INT4","__debezium.source.column.name":"id"},"field":"id"},{"type":"string","optional":true,"parameters":{"__debezium.source.column.type":"TEXT","__debezium.source.column.name":"task"},"field":"task"}],"optional":true,"field":"%s"}""";

	private static final String SCHEMA = "{\"type\":\"struct\",\"fields\":[" + ROW.formatted("before") + ","
			+ ROW.formatted("after") + "],\"optional\":false}";

	private static final String CHANGE = """
			{"schema":%s,"payload":{"before":%s,"after":%s,"source":{"version":"3.7.0.Final","ts_us":%d,"schema":"public","table":"todo","txId":%d,"lsn":%d,"xmin":null},"transaction":{"id":"%5$d:%6$d","total_order":%7$d,"data_collection_order":1},"op":"%8$s","ts_ms":1}}""";

	private static final String MESSAGE = """
			{"schema":{"type":"struct","fields":[]},"payload":{"op":"m","source":{"ts_us":%d,"schema":"","table":"","txId":%d,"lsn":%d},"transaction":{"id":"%2$d:%3$d","total_order":%4$d},"message":{"prefix":"_bemi","content":"%5$s"}}}""";

	private static final String END = """
			{"schema":{"type":"struct","fields":[]},"payload":{"status":"END","id":"%d:%d","event_count":%d,"data_collections":[{"data_collection":"public.todo","event_count":%d}%s],"ts_ms":1}}""";

	private static final String COUNTED = """
			,{"data_collection":"io.debezium.connector.postgresql.LogicalDecodingMessageMonitor$LogicalDecodingMessageId@%x","event_count":1}""";

	private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();

	private final Map<TopicPartition, Long> offsets;

	private long sentAt;

	/**
	 * Begins with no records.
	 * @param offsets where the partitions go on, and are left
	 */
	Records(Map<TopicPartition, Long> offsets) {
		this.offsets = offsets;
	}

	Records insert(int partition, long xid, long lsn, int order, int id, String task) {
		return add("shop.public.todo", partition, CHANGE.formatted(SCHEMA, "null",
				"{\"id\":%d,\"task\":\"%s\"}".formatted(id, task), 1_700_000_000_000_000L + xid, xid, lsn, order, "c"));
	}

	Records message(int partition, long xid, long lsn, int order, String content) {
		return add("shop.message", partition, MESSAGE.formatted(1_700_000_000_000_000L + xid, xid, lsn, order,
				HexFormat.of().formatHex(content.getBytes(StandardCharsets.UTF_8))));
	}

	Records end(long xid, long lsn, int events) {
		return end(xid, lsn, events, 0);
	}

	/**
	 * The end of a transaction.
	 * @param messages how many of its events are messages
	 */
	Records end(long xid, long lsn, int events, int messages) {
		String counted = IntStream.range(0, messages).mapToObj(COUNTED::formatted).collect(Collectors.joining());
		return add("shop.transaction", 0, END.formatted(xid, lsn, events, events - messages, counted));
	}

	/**
	 * Of what follows: when it is sent.
	 */
	Records at(long sentAt) {
		this.sentAt = sentAt;
		return this;
	}

	Records add(String topic, int partition, @Nullable String value) {
		TopicPartition place = new TopicPartition(topic, partition);
		long offset = this.offsets.merge(place, 1L, Long::sum) - 1;
		byte[] key = topic.endsWith("todo")
				? "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"optional\":false,\"field\":\"id\"}]},\"payload\":{\"id\":1}}"
					.getBytes(StandardCharsets.UTF_8)
				: null;
		byte[] bytes = (value != null) ? value.getBytes(StandardCharsets.UTF_8) : null;
		this.records.computeIfAbsent(place, (same) -> new ArrayList<>())
			.add(new ConsumerRecord<>(topic, partition, offset, this.sentAt, TimestampType.CREATE_TIME, 0, 0, key,
					bytes, new RecordHeaders(), Optional.empty()));
		return this;
	}

	ConsumerRecords<byte[], byte[]> get() {
		return new ConsumerRecords<>(this.records, Map.of());
	}

	/**
	 * All records, partition by partition.
	 */
	List<ConsumerRecord<byte[], byte[]>> list() {
		return this.records.values().stream().flatMap(List::stream).toList();
	}

}
