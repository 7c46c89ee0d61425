package io.bemi.timetravel;

/**
 * Has something that must not mix past and present, such as an open persistence context.
 */
@FunctionalInterface
public interface TravelParticipant {

	/**
	 * Sets it aside, when the past has just become what this thread reads.
	 * @return puts it back, before that ends
	 */
	Runnable enter();

}
