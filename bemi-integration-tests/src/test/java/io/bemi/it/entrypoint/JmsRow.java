package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.context.annotation.Import;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.messaging.handler.annotation.Header;

/**
 * A {@code @JmsListener}.
 */
@Import(JmsBroker.class)
class JmsRow implements EntryPointRow {

	private final JmsTemplate jms;

	private final Writes writes;

	JmsRow(JmsTemplate jms, Writes writes) {
		this.jms = jms;
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		this.jms.convertAndSend("row", entry.key(), (message) -> {
			message.setStringProperty("way", entry.way().name());
			return message;
		});
	}

	@JmsListener(destination = "row")
	void write(String key, @Header Way way) {
		this.writes.write(new Entry(way, key));
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("jms", "JmsRow.write");
	}

}
