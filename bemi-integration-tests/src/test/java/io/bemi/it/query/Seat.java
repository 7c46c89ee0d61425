package io.bemi.it.query;

import java.io.Serializable;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import org.jspecify.annotations.Nullable;

/**
 * An entity with an id class.
 */
@Entity
@IdClass(Seat.Place.class)
class Seat {

	@Id
	private String hall = "";

	@Id
	private int number;

	private @Nullable String guest;

	protected Seat() {
	}

	Seat(String hall, int number) {
		this.hall = hall;
		this.number = number;
	}

	/**
	 * The id.
	 *
	 * @param hall the hall
	 * @param number the number of the seat
	 */
	record Place(String hall, int number) implements Serializable {
	}

}
