package io.bemi.it.timetravel;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What is on a {@link Shelf}.
 */
@Entity
@Cacheable
@Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
class Item {

	@Id
	private @Nullable Long id;

	private @Nullable String name;

	@ManyToOne(fetch = FetchType.LAZY)
	private @Nullable Shelf shelf;

	@Nullable String getName() {
		return this.name;
	}

	@Nullable Shelf getShelf() {
		return this.shelf;
	}

}
