package io.bemi.autoconfigure.timetravel;

import io.bemi.connection.ReadScope;
import io.bemi.timetravel.TimeTravelException;
import jakarta.persistence.EntityManager;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a session of Hibernate in the time in which it was opened, be that the present or
 * a past: it gets no connection in another one, so that its entities are all of one time.
 * One of the past uses no cache. Most caches are bypassed before this is asked; that of
 * natural ids cannot be, and queries may say otherwise.
 */
final class SessionTime implements SessionEventListener {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable ReadScope opened;

	private SessionTime(@Nullable ReadScope opened) {
		this.opened = opened;
	}

	/**
	 * Watches an entity manager that has just been opened, if it is a session.
	 */
	static void watch(EntityManager entityManager) {
		if (entityManager instanceof Session session) {
			session.addEventListeners(new SessionTime(ReadScope.current()));
		}
	}

	@Override
	public void jdbcConnectionAcquisitionStart() {
		ReadScope current = ReadScope.current();
		if (current != this.opened) {
			throw new TimeTravelException("A persistence context of " + describe(this.opened) + " reads nothing of "
					+ describe(current) + ": use entities, lazy associations and entity managers where they come from,"
					+ " and load them anew elsewhere");
		}
	}

	@Override
	public void cacheGetStart() {
		refuseCache();
	}

	@Override
	public void cachePutStart() {
		refuseCache();
	}

	private void refuseCache() {
		if (this.opened != null) {
			throw new TimeTravelException("Hibernate's caches are of the present, and are not used within "
					+ this.opened
					+ ": leave out hints that ask for them, and read entities with @NaturalIdCache, whose cache cannot be"
					+ " bypassed, by JDBC or as values");
		}
	}

	private static String describe(@Nullable ReadScope scope) {
		return (scope != null) ? scope.toString() : "the present";
	}

}
