package io.bemi.kafka;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Goes on where the store says that a partition has been read up to. What it throws is
 * passed on by the consumer as it is, for it is of Kafka's own kind.
 */
final class Assignment implements ConsumerRebalanceListener {

	private final KafkaConsumer<byte[], byte[]> consumer;

	private final StagingWriter writer;

	private final String transactions;

	private final Runnable gainedTransactions;

	private final Runnable lostTransactions;

	/**
	 * Creates one.
	 * @param gainedTransactions is run when the partition of the transactions comes to
	 * this consumer
	 * @param lostTransactions is run when it goes to another one
	 */
	Assignment(KafkaConsumer<byte[], byte[]> consumer, StagingWriter writer, KafkaSettings settings,
			Runnable gainedTransactions, Runnable lostTransactions) {
		this.consumer = consumer;
		this.writer = writer;
		this.transactions = settings.transactions();
		this.gainedTransactions = gainedTransactions;
		this.lostTransactions = lostTransactions;
	}

	@Override
	public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
		Map<TopicPartition, Long> beginnings = this.consumer.beginningOffsets(partitions);
		for (TopicPartition partition : partitions) {
			try {
				this.consumer.seek(partition, this.writer.take(partition, beginnings.getOrDefault(partition, 0L)));
			}
			catch (SQLException ex) {
				throw new KafkaException("The store cannot be used: " + ex.getMessage(), ex);
			}
			if (isOfTransactions(partition)) {
				checkIsOnly(partition);
				this.gainedTransactions.run();
			}
		}
	}

	private void checkIsOnly(TopicPartition partition) {
		int count = this.consumer.partitionsFor(partition.topic()).size();
		if (count != 1) {
			throw new KafkaException("Topic '" + partition.topic() + "' has " + count
					+ " partitions, in which transactions are not in their order. Stop the connector, delete the topic,"
					+ " and start it with 'topic.creation.transactions.partitions' = '1'");
		}
	}

	private boolean isOfTransactions(TopicPartition partition) {
		return partition.topic().equals(this.transactions);
	}

	@Override
	public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
		partitions.forEach(this.writer::leave);
		if (partitions.stream().anyMatch(this::isOfTransactions)) {
			this.lostTransactions.run();
		}
	}

}
