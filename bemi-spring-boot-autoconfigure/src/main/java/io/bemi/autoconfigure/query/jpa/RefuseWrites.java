package io.bemi.autoconfigure.query.jpa;

import jakarta.persistence.PrePersist;
import jakarta.persistence.PreRemove;
import jakarta.persistence.PreUpdate;

/**
 * The history is written by ingestion alone.
 */
class RefuseWrites {

	@PrePersist
	@PreUpdate
	@PreRemove
	void refuse(RecordedChange change) {
		throw new UnsupportedOperationException("A recorded change cannot be written: " + change.getId());
	}

}
