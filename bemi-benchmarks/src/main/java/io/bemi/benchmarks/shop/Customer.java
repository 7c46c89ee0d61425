package io.bemi.benchmarks.shop;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who orders.
 */
@Entity
@Table(name = "customer")
public class Customer {

	@Id
	private @Nullable Long id;

	private @Nullable String name;

	@OneToMany(mappedBy = "customer")
	private List<Order> orders = new ArrayList<>();

	/**
	 * The customer's key.
	 */
	public @Nullable Long getId() {
		return this.id;
	}

	/**
	 * What the customer is called.
	 */
	public @Nullable String getName() {
		return this.name;
	}

	/**
	 * What the customer ordered; loaded when it is asked for.
	 */
	public List<Order> getOrders() {
		return this.orders;
	}

}
