package io.bemi.it.surroundings.tenancy;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * What each tenant has.
 */
@Entity(name = "Room")
class Room {

	@Id
	@SuppressWarnings("unused")
	private int id;

	protected Room() {
	}

	Room(int id) {
		this.id = id;
	}

}
