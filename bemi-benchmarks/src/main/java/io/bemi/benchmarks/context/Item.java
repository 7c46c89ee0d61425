package io.bemi.benchmarks.context;

import java.math.BigDecimal;
import java.time.Instant;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.envers.Audited;
import org.jspecify.annotations.Nullable;

/**
 * What is changed. Envers and JaVers are switched off where they are not measured: their
 * annotations mean nothing there.
 */
@Entity
@Audited
public class Item {

	@Id
	private @Nullable Long id;

	private @Nullable String name;

	private @Nullable String status;

	private @Nullable BigDecimal price;

	private @Nullable String note;

	private int stock;

	private @Nullable Instant madeAt;

	/**
	 * For Hibernate.
	 */
	protected Item() {
	}

	/**
	 * Makes an item.
	 * @param id its key
	 */
	public Item(long id) {
		this.id = id;
		this.name = "item " + id;
		this.status = "available";
		this.price = new BigDecimal("9.90");
		this.note = "what else there is to say of it, in a line of text";
		this.madeAt = Instant.ofEpochSecond(1_700_000_000L + id);
	}

	/**
	 * Changes one of its columns.
	 */
	public void restock() {
		this.stock++;
	}

}
