package io.bemi.autoconfigure.entrypoint;

import org.springframework.core.Ordered;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/**
 * Puts itself before whichever scheduler runs the {@code @Scheduled} methods, after all
 * that may choose one.
 */
final class ScheduledEntryPoints implements SchedulingConfigurer, Ordered {

	@Override
	public void configureTasks(ScheduledTaskRegistrar registrar) {
		TaskScheduler scheduler = registrar.getScheduler();
		if (scheduler != null) {
			registrar.setTaskScheduler(new EntryPointTaskScheduler(scheduler));
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
