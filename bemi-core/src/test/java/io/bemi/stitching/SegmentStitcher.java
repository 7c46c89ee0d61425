package io.bemi.stitching;

import io.bemi.change.Position;

/**
 * A {@link Stitcher} that numbers what lies between messages.
 *
 * @param <R> what the caller keeps of a row
 */
public final class SegmentStitcher<R> {

	private final Stitcher<R> stitcher;

	private final Segments segments = new Segments();

	public SegmentStitcher(Sink<? super R> sink) {
		this.stitcher = new Stitcher<>((row) -> sink.accept(row, this.segments.messages()));
	}

	public void row(Position position, R row) {
		this.stitcher.row(position, row);
	}

	public void message(ContextMessage message) {
		this.stitcher.message(message);
		this.segments.add(message.source());
	}

	public Segments finish() {
		this.stitcher.finish();
		return this.segments;
	}

	/**
	 * Takes rows whose segment is known.
	 *
	 * @param <R> what the caller keeps of a row
	 */
	@FunctionalInterface
	public interface Sink<R> {

		void accept(R row, int segment);

	}

}
