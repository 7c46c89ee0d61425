package io.bemi.store;

/**
 * How many changes are stored at a time, so that the previous images that they need fit
 * into memory: small at first, then by what the images turned out to be.
 */
final class ChunkSize {

	private static final int FIRST = 100;

	private static final int LARGEST = 5_000;

	private static final long LENGTH = 8 << 20;

	private int rows = FIRST;

	/**
	 * The number of changes for the next chunk, at least one.
	 */
	int rows() {
		return this.rows;
	}

	/**
	 * Starts small again, for memory may be why a write has failed.
	 */
	void reset() {
		this.rows = FIRST;
	}

	/**
	 * Learns from a chunk.
	 * @param chunk how many changes it had
	 * @param length how many bytes of previous images it has read
	 */
	void learn(int chunk, long length) {
		long fitting = LENGTH / Math.max(1, length / chunk);
		this.rows = (int) Math.max(1, Math.min(Math.min(LARGEST, 2L * this.rows), fitting));
	}

}
