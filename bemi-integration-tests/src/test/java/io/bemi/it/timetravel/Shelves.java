package io.bemi.it.timetravel;

import java.util.List;

import jakarta.persistence.QueryHint;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.QueryHints;

/**
 * Shelves.
 */
interface Shelves extends JpaRepository<Shelf, Long> {

	@Query("SELECT s.note FROM Shelf s ORDER BY s.id")
	@QueryHints(@QueryHint(name = "org.hibernate.cacheable", value = "true"))
	List<String> cachedNotes();

	@Query("SELECT s FROM Shelf s ORDER BY s.id")
	@QueryHints(@QueryHint(name = "org.hibernate.cacheable", value = "true"))
	List<Shelf> cached();

	@Query("SELECT s FROM Shelf s ORDER BY s.id")
	@QueryHints({ @QueryHint(name = "org.hibernate.cacheable", value = "true"),
			@QueryHint(name = "org.hibernate.cacheMode", value = "NORMAL") })
	List<Shelf> cachedAtAnyRate();

}
