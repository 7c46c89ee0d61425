package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;

import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Has contexts built on behalf of one connection, and lends it to the providers
 * meanwhile, or while its thread has a transaction open on it: the pool may have no
 * other.
 */
final class Lender {

	private final Connection proxy;

	private final BaseConnection server;

	private final Emissions shared;

	private final ProviderGuard guard;

	// The last one to execute in a transaction.
	private volatile @Nullable Thread user;

	// One that was unwrapped may be in the middle of a COPY.
	private volatile boolean bypassed;

	Lender(Connection proxy, BaseConnection server, Emissions shared, ProviderGuard guard) {
		this.proxy = proxy;
		this.server = server;
		this.shared = shared;
		this.guard = guard;
	}

	/**
	 * The current thread has executed in a transaction.
	 */
	void used() {
		Thread current = Thread.currentThread();
		if (this.user != current) {
			this.user = current;
		}
		this.shared.opened(this);
	}

	/**
	 * No transaction is open any more.
	 */
	void unused() {
		if (this.user != null) {
			this.user = null;
			this.shared.closed();
		}
	}

	/**
	 * The application has got hold of a connection behind the proxy.
	 */
	void bypass() {
		this.bypassed = true;
	}

	boolean isBypassed() {
		return this.bypassed;
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
	 * The connection, for the provider that is asked.
	 */
	Connection lend() {
		return LentConnection.of(this.proxy, this.guard);
	}

	/**
	 * The connection, for a provider that is asked while the current thread has its
	 * transaction open here.
	 * @return {@code null} when the provider needs one of its own
	 */
	@Nullable Connection lendToUser() {
		try {
			boolean mine = this.user == Thread.currentThread() && !this.bypassed;
			return (mine && this.server.getTransactionState() == TransactionState.OPEN && !this.proxy.isClosed())
					? lend() : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

}
