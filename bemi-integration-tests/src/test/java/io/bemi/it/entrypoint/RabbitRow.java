package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.amqp.rabbit.annotation.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.Header;

/**
 * A {@code @RabbitListener}; {@link RabbitIntegrationTests} says when it is left out.
 */
@Conditional(RabbitBroker.Installed.class)
@Import(RabbitBroker.class)
class RabbitRow implements EntryPointRow {

	private final RabbitTemplate rabbit;

	private final Writes writes;

	RabbitRow(RabbitTemplate rabbit, Writes writes) {
		this.rabbit = rabbit;
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		this.rabbit.convertAndSend("row", (Object) entry.key(), (message) -> {
			message.getMessageProperties().setHeader("way", entry.way().name());
			return message;
		});
	}

	@RabbitListener(queuesToDeclare = @Queue("row"))
	void write(String key, @Header Way way) {
		this.writes.write(new Entry(way, key));
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("rabbit", "RabbitRow.write");
	}

}
