package io.bemi.query;

import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

import io.bemi.change.Change;

/**
 * Has somebody look when another reader is asked.
 *
 * @param reader answers
 * @param observer looks
 */
record ObservedReader(ChangeReader reader, QuestionObserver observer) implements ChangeReader {

	@Override
	public List<Change> list(ChangeQuery query, int limit) {
		return this.observer.observe("list", () -> this.reader.list(query, limit));
	}

	@Override
	public Stream<Change> stream(ChangeQuery query, Parts parts) {
		return this.observer.observe("stream", () -> this.reader.stream(query, parts));
	}

	@Override
	public Stream<ChangePlaces> places(ChangeQuery query, int most, int mostKeys) {
		return this.observer.observe("places", () -> this.reader.places(query, most, mostKeys));
	}

	@Override
	public long count(ChangeQuery query) {
		return this.observer.observe("count", () -> this.reader.count(query));
	}

	@Override
	public List<Count> counts(ChangeQuery query, Bucket bucket, ZoneId zone, Grouping grouping) {
		return this.observer.observe("counts", () -> this.reader.counts(query, bucket, zone, grouping));
	}

	@Override
	public List<Top> top(ChangeQuery query, Grouping grouping, int limit) {
		return this.observer.observe("top", () -> this.reader.top(query, grouping, limit));
	}

	@Override
	public EntityTables entities() {
		return this.reader.entities();
	}

	@Override
	public List<String> keyColumns(EntityTable table) {
		return this.reader.keyColumns(table);
	}

}
