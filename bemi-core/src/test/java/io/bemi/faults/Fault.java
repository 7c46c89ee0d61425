package io.bemi.faults;

/**
 * What may happen.
 */
enum Fault {

	/** The process that streams is killed; another one takes over. */
	KILL,

	/** All processes are killed. */
	KILL_ALL,

	/**
	 * The process that streams is stopped until another one has taken over, then goes on.
	 */
	STOP_PAST_TAKE_OVER,

	/** The process that streams is stopped for a moment. */
	STOP_SHORTLY,

	/** The server of the source is killed. */
	CRASH_SOURCE,

	/** The server of the store is killed. */
	CRASH_STORE,

	/** All connections to the source are cut, those of the application too. */
	CUT_SOURCE,

	/** The connections to the store are cut. */
	CUT_STORE,

	/** The network between the process that streams and the source loses everything. */
	STALL_SOURCE,

	/** The same, for longer than the server waits. */
	STALL_SOURCE_LONG,

	/** The network to the store loses everything for a while. */
	STALL_STORE,

	/** Answers of the store are lost, and then the connection: was it committed? */
	LOSE_ANSWERS_OF_STORE,

	/** The store cannot be reached. */
	STORE_AWAY,

	/** Somebody else uses the slot. */
	SLOT_IN_USE,

	/** An administrator ends sessions. */
	TERMINATE

}
