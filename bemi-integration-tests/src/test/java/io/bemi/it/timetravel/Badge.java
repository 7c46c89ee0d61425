package io.bemi.it.timetravel;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose natural ids are cached.
 */
@Entity
@NaturalIdCache
class Badge {

	@Id
	private @Nullable Long id;

	@NaturalId(mutable = true)
	private @Nullable String code;

	@Nullable Long getId() {
		return this.id;
	}

	@Nullable String getCode() {
		return this.code;
	}

}
