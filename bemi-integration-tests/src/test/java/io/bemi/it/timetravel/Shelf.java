package io.bemi.it.timetravel;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.jspecify.annotations.Nullable;

/**
 * An entity that is cached in every way that Hibernate has.
 */
@Entity
@Cacheable
@Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
class Shelf {

	@Id
	private @Nullable Long id;

	@NaturalId(mutable = true)
	private @Nullable String label;

	private @Nullable String note;

	@OneToMany(mappedBy = "shelf")
	@Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
	private List<Item> items = new ArrayList<>();

	@Nullable Long getId() {
		return this.id;
	}

	@Nullable String getNote() {
		return this.note;
	}

	List<Item> getItems() {
		return this.items;
	}

}
