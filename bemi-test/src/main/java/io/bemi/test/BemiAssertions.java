package io.bemi.test;

import io.bemi.query.Changes;

/**
 * Assertions about the history. Goes along with a static import of AssertJ's own
 * {@code assertThat}.
 */
public final class BemiAssertions {

	private BemiAssertions() {
	}

	/**
	 * Starts assertions about what is in the history. They wait until everything is there
	 * that has been committed by then.
	 * @param changes the history
	 * @return assertions about all changes, to be narrowed
	 */
	public static ChangesAssert assertThat(Changes changes) {
		return new ChangesAssert(changes);
	}

}
