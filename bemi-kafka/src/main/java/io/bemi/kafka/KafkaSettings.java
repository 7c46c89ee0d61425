package io.bemi.kafka;

import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.util.Assert;

/**
 * Which topics are read, and how.
 *
 * @param prefix the connector's {@code topic.prefix}
 * @param group the consumer group, the same in all processes
 * @param properties the properties of the Kafka consumer, {@code bootstrap.servers} among
 * them
 */
public record KafkaSettings(String prefix, String group, Map<String, Object> properties) {

	public KafkaSettings {
		Assert.isTrue(prefix.matches("[A-Za-z0-9_-]+"),
				() -> "'prefix' must consist of letters, digits, '_' and '-', but is '" + prefix + "'");
		Assert.hasText(group, "'group' must not be empty");
		properties = Map.copyOf(properties);
	}

	/**
	 * The topics of the connector: those of tables, of messages and of transactions.
	 */
	Pattern topics() {
		return Pattern.compile(Pattern.quote(this.prefix) + "\\..+");
	}

	/**
	 * The topic of the beginnings and ends of transactions.
	 */
	String transactions() {
		return this.prefix + ".transaction";
	}

	@Override
	public String toString() {
		return "KafkaSettings[prefix=" + this.prefix + ", group=" + this.group + "]";
	}

}
