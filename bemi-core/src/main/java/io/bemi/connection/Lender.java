package io.bemi.connection;

import java.sql.Connection;

import io.bemi.context.ContextSnapshot;

/**
 * Has contexts built on behalf of one connection, and lends it to the providers
 * meanwhile: the pool may have no other.
 */
final class Lender {

	private final Connection proxy;

	private final Emissions shared;

	private final ProviderGuard guard;

	Lender(Connection proxy, Emissions shared, ProviderGuard guard) {
		this.proxy = proxy;
		this.shared = shared;
		this.guard = guard;
	}

	/**
	 * Builds a context.
	 * @return one JSON object
	 */
	String write(ContextSnapshot context) {
		Lender outer = this.shared.lender().get();
		this.shared.lender().set(this);
		try {
			return this.shared.writer().write(context);
		}
		finally {
			if (outer != null) {
				this.shared.lender().set(outer);
			}
			else {
				this.shared.lender().remove();
			}
			this.guard.release();
		}
	}

	/**
	 * A connection for the provider that is asked.
	 */
	Connection lend() {
		return LentConnection.of(this.proxy, this.guard);
	}

}
