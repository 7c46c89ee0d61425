package io.bemi.benchmarks.shop;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * All orders.
 */
public interface Orders extends JpaRepository<Order, Long> {

}
