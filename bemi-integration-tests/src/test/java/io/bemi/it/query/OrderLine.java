package io.bemi.it.query;

import java.io.Serializable;
import java.util.Objects;
import java.util.UUID;

import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose key has parts, in a schema and with names that must be quoted.
 */
@Entity
@Table(name = "\"Order line\"", schema = "\"Sales\"")
class OrderLine {

	@EmbeddedId
	private @Nullable Key key;

	private int amount;

	@Embedded
	@AttributeOverride(name = "sum", column = @Column(name = "net_price"))
	private @Nullable Price price;

	protected OrderLine() {
	}

	OrderLine(Key key, int amount, Price price) {
		this.key = key;
		this.amount = amount;
		this.price = price;
	}

	@Nullable Key getKey() {
		return this.key;
	}

	int getAmount() {
		return this.amount;
	}

	@Nullable Price getPrice() {
		return this.price;
	}

	/**
	 * The columns are in another order than in the table.
	 */
	@Embeddable
	static class Key implements Serializable {

		private static final long serialVersionUID = 1L;

		@Column(name = "order_id")
		private @Nullable UUID orderId;

		@Column(name = "\"No\"")
		private int number;

		protected Key() {
		}

		Key(UUID orderId, int number) {
			this.orderId = orderId;
			this.number = number;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Key key && key.number == this.number && Objects.equals(key.orderId, this.orderId);
		}

		@Override
		public int hashCode() {
			return this.number;
		}

	}

	/**
	 * A price.
	 */
	@Embeddable
	static class Price {

		private int sum;

		private String currency = "";

		protected Price() {
		}

		Price(int sum, String currency) {
			this.sum = sum;
			this.currency = currency;
		}

		@Override
		public String toString() {
			return this.sum + " " + this.currency;
		}

	}

}
