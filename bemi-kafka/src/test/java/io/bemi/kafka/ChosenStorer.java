package io.bemi.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Shares partitions out as usual, but gives that of the transactions to the consumer that
 * a test has chosen, by its {@code client.id}: it leaves who has it first, as every
 * partition does that is moved.
 */
public final class ChosenStorer extends CooperativeStickyAssignor {

	static volatile String chosen = "";

	@Override
	public Map<String, List<TopicPartition>> assignPartitions(Map<String, List<PartitionInfo>> partitionsPerTopic,
			Map<String, Subscription> subscriptions) {
		Map<String, List<TopicPartition>> assigned = new HashMap<>();
		super.assignPartitions(partitionsPerTopic, subscriptions)
			.forEach((member, partitions) -> assigned.put(member, new ArrayList<>(partitions)));
		String storer = assigned.keySet()
			.stream()
			.filter((member) -> member.startsWith(chosen + "-"))
			.findFirst()
			.orElse(null);
		if (storer != null) {
			partitionsPerTopic.keySet()
				.stream()
				.filter((topic) -> topic.endsWith(".transaction"))
				.map((topic) -> new TopicPartition(topic, 0))
				.forEach((partition) -> move(partition, storer, assigned, subscriptions));
		}
		return assigned;
	}

	private static void move(TopicPartition partition, String storer, Map<String, List<TopicPartition>> assigned,
			Map<String, Subscription> subscriptions) {
		assigned.values().forEach((partitions) -> partitions.remove(partition));
		boolean isHeld = subscriptions.entrySet()
			.stream()
			.anyMatch((member) -> !member.getKey().equals(storer)
					&& member.getValue().ownedPartitions().contains(partition));
		if (!isHeld) {
			assigned.computeIfAbsent(storer, (any) -> new ArrayList<>()).add(partition);
		}
	}

}
