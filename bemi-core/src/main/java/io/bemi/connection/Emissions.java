package io.bemi.connection;

import java.lang.ref.WeakReference;
import java.sql.Connection;

import io.bemi.context.ContextSnapshot;
import io.bemi.context.ContextWriter;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one data source share.
 *
 * @param writer builds the contexts
 * @param autocommit what happens to autocommit writes
 * @param check whether the server takes contexts
 * @param sessions what is known of each session
 * @param lender the connection that is building its context on the current thread
 * @param open the connection that the current thread has last executed on in a
 * transaction
 * @param distributed whether the connections may be part of distributed transactions
 */
record Emissions(ContextWriter writer, Autocommit autocommit, ServerCheck check, Sessions sessions,
		ThreadLocal<@Nullable Lender> lender, ThreadLocal<@Nullable WeakReference<Lender>> open, boolean distributed) {

	Emissions(ContextWriter writer, Autocommit autocommit, boolean distributed) {
		this(writer, autocommit, new ServerCheck(), new Sessions(), new ThreadLocal<>(), new ThreadLocal<>(),
				distributed);
	}

	/**
	 * The current thread has executed in a transaction.
	 */
	void opened(Lender lender) {
		WeakReference<Lender> last = this.open.get();
		if (last == null || last.get() != lender) {
			this.open.set(new WeakReference<>(lender));
		}
	}

	/**
	 * The current thread has ended a transaction.
	 */
	void closed() {
		this.open.remove();
	}

	/**
	 * A connection for a provider that is asked on the current thread: the pool may have
	 * no other.
	 * @return {@code null} when the provider needs one of its own
	 */
	@Nullable Connection lend() {
		Lender asking = this.lender.get();
		if (asking != null) {
			return asking.lend();
		}
		WeakReference<Lender> last = ContextSnapshot.isSuspended() ? this.open.get() : null;
		Lender used = (last != null) ? last.get() : null;
		return (used != null) ? used.lendToUser() : null;
	}

}
