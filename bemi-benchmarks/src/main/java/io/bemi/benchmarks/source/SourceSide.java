package io.bemi.benchmarks.source;

/**
 * The sides that are compared.
 */
enum SourceSide {

	/** No audit. */
	PLAIN("no audit"),

	/** Bemi, with the store in another server on this machine. */
	OTHER("Bemi, store in another server"),

	/** Bemi, with the store in the same database. */
	SAME("Bemi, store in the same database"),

	/** A trigger that inserts each row into a table. */
	TRIGGER("row trigger");

	private final String title;

	SourceSide(String title) {
		this.title = title;
	}

	String title() {
		return this.title;
	}

	/**
	 * Whether it is Bemi.
	 */
	boolean ingests() {
		return this == OTHER || this == SAME;
	}

}
