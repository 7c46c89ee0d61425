package io.bemi.autoconfigure.query.jpa;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.springframework.data.domain.Limit;
import org.springframework.data.repository.Repository;

/**
 * A repository of recorded changes that only reads.
 */
public interface RecordedChangeRepository extends Repository<RecordedChange, String> {

	/**
	 * Finds a change.
	 * @param id its id
	 * @return the change, or empty when there is none of that id
	 */
	Optional<RecordedChange> findById(String id);

	/**
	 * The history of a record, the last change first.
	 * @param table the name of its table
	 * @param primaryKey its key as text
	 * @param limit how many changes at most
	 */
	List<RecordedChange> findByTableAndPrimaryKeyOrderByIdDesc(String table, String primaryKey, Limit limit);

	/**
	 * The changes of a time range, the last one first.
	 * @param from its beginning
	 * @param to its end, which is not part of it
	 * @param limit how many changes at most
	 */
	List<RecordedChange> findByCommittedAtGreaterThanEqualAndCommittedAtLessThanOrderByIdDesc(Instant from, Instant to,
			Limit limit);

}
