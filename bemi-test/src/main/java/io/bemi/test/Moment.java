package io.bemi.test;

import io.bemi.change.Position;
import io.bemi.query.ChangeQuery;

/**
 * When the database was in a state.
 *
 * @param position a position before which everything had been committed
 * @param transaction the transaction that brought it there; -1 if none did
 */
record Moment(Position position, long transaction) {

	static final long NONE = -1;

	ChangeQuery narrow(ChangeQuery query) {
		ChangeQuery later = query.fromPosition(this.position);
		return (this.transaction != NONE) ? later.not((own) -> own.transaction(this.transaction)) : later;
	}

}
