package io.bemi.test;

import java.util.function.BooleanSupplier;

import io.bemi.query.Changes;
import org.jspecify.annotations.Nullable;

/**
 * What tests work with.
 *
 * @param states the states of the database
 * @param changes the history, if there is one
 * @param usable whether the application that they belong to still runs
 */
record TestTools(TestStates states, @Nullable Changes changes, BooleanSupplier usable) {

	boolean isUsable() {
		return this.usable.getAsBoolean();
	}

}
