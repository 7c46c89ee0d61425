package io.bemi.ingestion;

/**
 * How much is kept in memory before it is stored. One row more than that may be there.
 *
 * @param rows the number of rows
 * @param characters the number of characters in all of them
 */
record MemoryLimit(int rows, long characters) {

	static final MemoryLimit DEFAULT = new MemoryLimit(5_000, 8 << 20);

	boolean isReached(int haveRows, long haveCharacters) {
		return haveRows >= this.rows || haveCharacters >= this.characters;
	}

}
