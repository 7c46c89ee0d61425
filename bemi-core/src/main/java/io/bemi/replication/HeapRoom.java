package io.bemi.replication;

/**
 * Knows what a long message takes, and whether that is there, so that nothing is tried
 * that would take the memory of the application.
 */
public final class HeapRoom {

	private static final int FACTOR = 2;

	private static final long MARGIN = 16L << 20;

	private HeapRoom() {
	}

	/**
	 * How much memory it takes to record a message of some length.
	 * @param length the length, in bytes
	 * @return that much memory, in bytes
	 */
	public static long needed(long length) {
		return FACTOR * length + MARGIN;
	}

	/**
	 * How long a message may be for which there is memory at once.
	 * @return its length, in bytes
	 */
	public static long longest() {
		return Math.max(0, (free() - MARGIN) / FACTOR);
	}

	/**
	 * Whether some memory is free at once, without a garbage collection.
	 * @param needed how much, in bytes
	 */
	public static boolean isFree(long needed) {
		return needed <= free();
	}

	/**
	 * Whether some memory can be had, if need be by a garbage collection.
	 * @param needed how much, in bytes
	 */
	public static boolean canFree(long needed) {
		if (needed > Runtime.getRuntime().maxMemory()) {
			return false;
		}
		if (!isFree(needed)) {
			System.gc();
		}
		return isFree(needed);
	}

	/**
	 * How much memory is free at once.
	 */
	public static long free() {
		Runtime runtime = Runtime.getRuntime();
		return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
	}

}
