package io.bemi.dashboard.api;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Tells what ingestion and tracking do, where they run in the same application.
 */
public interface Ingestion {

	/** Where they run elsewhere. */
	Ingestion ELSEWHERE = new Ingestion() {

		@Override
		public Report report() {
			return new Report(State.OFF, "Ingestion does not run in this application",
					"Its own health says how it is: see docs/operations.md", null);
		}

		@Override
		public List<Untracked> untracked() {
			return List.of();
		}

	};

	/**
	 * What ingestion does now.
	 */
	Report report();

	/**
	 * Tables whose changes are not recorded though they should be.
	 */
	List<Untracked> untracked();

	/**
	 * What ingestion does.
	 *
	 * @param state the answer
	 * @param message what is going on, for people
	 * @param advice what to do; {@code null} for nothing
	 * @param lagBytes bytes of log that were written since the position that is
	 * confirmed; {@code null} when they are not known here
	 */
	record Report(State state, String message, @Nullable String advice, @Nullable Long lagBytes) {
	}

	/**
	 * A table whose changes are not recorded.
	 *
	 * @param schema its schema
	 * @param table its name
	 * @param why what stands in the way and what to do
	 */
	record Untracked(String schema, String table, String why) {
	}

	/**
	 * The states of ingestion.
	 */
	enum State {

		/** Changes flow. */
		CONNECTED,

		/** Another instance records. */
		STANDBY,

		/** Not connected yet. */
		CONNECTING,

		/** Something is wrong. */
		FAILED,

		/** It does not run here, or is paused. */
		OFF

	}

}
