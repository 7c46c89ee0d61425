package io.bemi.autoconfigure.entrypoint;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import io.bemi.context.EntryPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.SchedulingAwareRunnable;

/**
 * A task whose runs are entry points, and which a scheduler cannot tell from the task.
 */
final class ScheduledEntryPoint implements SchedulingAwareRunnable {

	private final Runnable task;

	private final EntryPoint entryPoint;

	ScheduledEntryPoint(Runnable task) {
		this.task = task;
		this.entryPoint = new EntryPoint("scheduled", this::method);
	}

	// A task that is no annotated method says nothing about itself.
	private @Nullable String method() {
		String method = MethodNames.parse(this.task.toString());
		return (method != null) ? method : MethodNames.calledBy(ScheduledEntryPoint.class.getName(), "run");
	}

	@Override
	public void run() {
		// Whatever has made the scheduler, or the bean, is not where this comes from.
		try (BemiContext.Scope outer = ContextSnapshot.NONE.open(); BemiContext.Scope inner = this.entryPoint.open()) {
			this.task.run();
		}
	}

	@Override
	public boolean isLongLived() {
		return this.task instanceof SchedulingAwareRunnable aware && aware.isLongLived();
	}

	@Override
	public @Nullable String getQualifier() {
		return (this.task instanceof SchedulingAwareRunnable aware) ? aware.getQualifier() : null;
	}

	@Override
	public String toString() {
		return this.task.toString();
	}

}
