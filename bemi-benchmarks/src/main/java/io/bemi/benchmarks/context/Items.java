package io.bemi.benchmarks.context;

import org.javers.spring.annotation.JaversSpringDataAuditable;
import org.springframework.data.jpa.repository.JpaRepository;

/**
 * All items.
 */
@JaversSpringDataAuditable
public interface Items extends JpaRepository<Item, Long> {

}
