package io.bemi.ingestion;

import io.bemi.stitching.ContextMessage;

/**
 * How much is kept in memory before it is stored. One row more than that may be there.
 *
 * @param rows the number of rows
 * @param characters the number of characters in all of them
 */
record MemoryLimit(int rows, long characters) {

	static final MemoryLimit DEFAULT = new MemoryLimit(5_000, 8 << 20);

	/**
	 * How many bytes of one context are kept. To look into it takes many times as much.
	 */
	static int longestContext() {
		return (int) Math.min(ContextMessage.MAX_LENGTH, Runtime.getRuntime().maxMemory() / 32);
	}

	/**
	 * How many characters may be stored beside what is read.
	 */
	long beside() {
		return Math.min(2 * this.characters, Runtime.getRuntime().maxMemory() / 32);
	}

	boolean isReached(int haveRows, long haveCharacters) {
		return haveRows >= this.rows || haveCharacters >= this.characters;
	}

}
