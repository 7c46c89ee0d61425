package io.bemi.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.IngestionStatus;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Endpoint {@code bemi} of the actuator: who reads what, and how each source is; and
 * their pause.
 */
@Endpoint(id = "bemi")
final class WorkerEndpoint {

	private final Worker worker;

	WorkerEndpoint(Worker worker) {
		this.worker = worker;
	}

	/**
	 * How everything is now.
	 * @return the answer, as a document
	 */
	@ReadOperation
	Map<String, Object> status() {
		Map<String, Object> status = new LinkedHashMap<>();
		status.put("instance", this.worker.name());
		ShareView view = this.worker.view();
		status.put("instances", (view != null) ? view.counts() : "Not known: the store does not answer");
		Map<String, Object> sources = new LinkedHashMap<>();
		this.worker.readers().forEach((reader) -> sources.put(reader.source().toString(), details(reader)));
		status.put("sources", sources);
		return status;
	}

	private static Map<String, Object> details(SourceReader reader) {
		Map<String, Object> details = reader.details();
		if (reader.isHeld()) {
			details.put("paused", reader.ingestion().isPaused());
			reader.ingestion().progress().ifPresent((progress) -> {
				details.put("storedChanges", progress.changes());
				details.put("storedTransactions", progress.transactions());
			});
		}
		return details;
	}

	/**
	 * Pauses the ingestion of a database that this instance reads, or stores where it
	 * comes by Kafka, or ends that.
	 * @param database its name in the configuration
	 * @param action what to do
	 * @return what each of its sources does then
	 */
	@WriteOperation
	Map<String, Object> act(@Selector String database, @Selector Action action) {
		List<SourceReader> readers = this.worker.readers()
			.stream()
			.filter((reader) -> reader.source().database().equals(database))
			.toList();
		Map<String, Object> answer = new LinkedHashMap<>();
		for (SourceReader reader : readers) {
			answer.put(reader.source().toString(), act(reader, action));
		}
		return answer.isEmpty() ? Map.of("message", "There is no database '" + database + "'") : answer;
	}

	private static String act(SourceReader reader, Action action) {
		if (!reader.isHeld()) {
			return "Not here. " + reader.message();
		}
		if (action == Action.RESUME) {
			reader.ingestion().resume();
			return "What was committed meanwhile is recorded now, as far as the server, or Kafka, has kept it";
		}
		String message = reader.ingestion()
			.pause()
			.map(IngestionStatus::message)
			.orElse("Not yet: " + reader.message());
		return reader.ingestion().isPaused() ? message : "Not here. " + message;
	}

	/**
	 * What can be done.
	 */
	enum Action {

		/** Reads nothing more, and keeps others from it; the server keeps the log. */
		PAUSE,

		/** Ends a pause. */
		RESUME

	}

}
