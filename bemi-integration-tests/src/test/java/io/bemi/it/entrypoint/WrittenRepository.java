package io.bemi.it.entrypoint;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Stores {@link Written}.
 */
interface WrittenRepository extends JpaRepository<Written, String> {

}
