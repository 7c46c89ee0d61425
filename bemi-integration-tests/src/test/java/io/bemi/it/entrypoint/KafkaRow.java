package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * A {@code @KafkaListener}.
 */
@Import(KafkaBroker.class)
class KafkaRow implements EntryPointRow {

	private final KafkaTemplate<String, String> kafka;

	private final Writes writes;

	KafkaRow(KafkaTemplate<String, String> kafka, Writes writes) {
		this.kafka = kafka;
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		this.kafka.send("row", entry.way().name(), entry.key()).join();
	}

	@KafkaListener(topics = "row", groupId = "row", properties = "auto.offset.reset=earliest")
	void write(org.apache.kafka.clients.consumer.ConsumerRecord<String, String> message) {
		this.writes.write(new Entry(Way.valueOf(message.key()), message.value()));
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("kafka", "KafkaRow.write");
	}

}
