package io.bemi.it.entrypoint;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Writes} writes by JPA.
 */
@Entity
class Written {

	@Id
	private @Nullable String id;

	protected Written() {
	}

	Written(String id) {
		this.id = id;
	}

	@Nullable String getId() {
		return this.id;
	}

}
