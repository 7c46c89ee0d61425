package io.bemi.autoconfigure.tracking;

import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Tracks the application's tables after each migrate, with the connection and the role
 * that created them. Whatever happens, the migrate succeeds.
 */
final class BemiTrackingCallback implements Callback {

	private final BemiTrackingInstaller installer;

	BemiTrackingCallback(BemiTrackingInstaller installer) {
		this.installer = installer;
	}

	@Override
	public boolean supports(Event event, Context context) {
		return event == Event.AFTER_MIGRATE;
	}

	// Tables are tracked in short transactions, one by one.
	@Override
	public boolean canHandleInTransaction(Event event, Context context) {
		return false;
	}

	@Override
	public void handle(Event event, Context context) {
		this.installer.install(context.getConnection());
	}

	@Override
	public String getCallbackName() {
		return "bemiTracking";
	}

}
