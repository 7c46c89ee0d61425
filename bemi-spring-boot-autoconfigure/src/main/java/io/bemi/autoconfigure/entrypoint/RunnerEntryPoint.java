package io.bemi.autoconfigure.entrypoint;

import io.bemi.context.BemiContext;
import io.bemi.context.EntryPoint;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextStoppedEvent;
import org.springframework.core.Ordered;

/**
 * Opens a context on the thread that starts an application, from the moment at which the
 * application is started until it is ready: that is when runners run.
 */
final class RunnerEntryPoint implements ApplicationListener<ApplicationStartedEvent>, Ordered {

	private static final EntryPoint ENTRY_POINT = new EntryPoint("runner",
			() -> MethodNames.calledBy(SpringApplication.class.getName(), "run"));

	private final ApplicationContext context;

	RunnerEntryPoint(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ApplicationStartedEvent event) {
		ConfigurableApplicationContext started = event.getApplicationContext();
		// Not for a child, whose events come here too.
		if (started == this.context) {
			// Registered last, it is called last.
			started.addApplicationListener(new End(ENTRY_POINT.open(), started));
		}
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	/**
	 * Closes the context when the application is ready, or never will be.
	 */
	private static final class End implements ApplicationListener<ApplicationEvent>, Ordered {

		private final BemiContext.Scope scope;

		private final ConfigurableApplicationContext context;

		End(BemiContext.Scope scope, ConfigurableApplicationContext context) {
			this.scope = scope;
			this.context = context;
		}

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
			if (isEnd(event)) {
				this.scope.close();
				this.context.removeApplicationListener(this);
			}
		}

		private boolean isEnd(ApplicationEvent event) {
			if (event instanceof ApplicationReadyEvent ready) {
				return ready.getApplicationContext() == this.context;
			}
			if (event instanceof ApplicationFailedEvent failed) {
				return failed.getApplicationContext() == this.context;
			}
			// A runner may end the application.
			return (event instanceof ContextClosedEvent || event instanceof ContextStoppedEvent)
					&& event.getSource() == this.context;
		}

		@Override
		public int getOrder() {
			return LOWEST_PRECEDENCE;
		}

		@Override
		public boolean supportsAsyncExecution() {
			return false;
		}

	}

}
