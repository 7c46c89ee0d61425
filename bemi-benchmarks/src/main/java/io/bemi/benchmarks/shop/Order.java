package io.bemi.benchmarks.shop;

import java.math.BigDecimal;
import java.time.Instant;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * What somebody ordered.
 */
@Entity
@Table(name = "orders")
public class Order {

	@Id
	private @Nullable Long id;

	@ManyToOne(fetch = FetchType.LAZY)
	private @Nullable Customer customer;

	private @Nullable String status;

	private @Nullable BigDecimal amount;

	private @Nullable String note;

	private boolean paid;

	private @Nullable Instant changedAt;

	/**
	 * The order's key.
	 */
	public @Nullable Long getId() {
		return this.id;
	}

	/**
	 * Who ordered it; loaded when it is asked for.
	 */
	public @Nullable Customer getCustomer() {
		return this.customer;
	}

	/**
	 * How far it is.
	 */
	public @Nullable String getStatus() {
		return this.status;
	}

	/**
	 * What it costs.
	 */
	public @Nullable BigDecimal getAmount() {
		return this.amount;
	}

	/**
	 * What else there is to say.
	 */
	public @Nullable String getNote() {
		return this.note;
	}

	/**
	 * Whether it is paid.
	 */
	public boolean isPaid() {
		return this.paid;
	}

	/**
	 * When it was changed last.
	 */
	public @Nullable Instant getChangedAt() {
		return this.changedAt;
	}

}
