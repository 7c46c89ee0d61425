package io.bemi.it.query;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Things to do.
 */
interface Todos extends JpaRepository<Todo, Long> {

}
