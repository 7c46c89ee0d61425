package io.bemi.autoconfigure.entrypoint;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.kafka.listener.adapter.DelegatingInvocableHandler;
import org.springframework.kafka.listener.adapter.HandlerAdapter;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.messaging.Message;

/**
 * Remembers which method of a class with {@code @KafkaListener} gets a message: known
 * only when its payload has been converted.
 */
final class KafkaMethodRecorder extends HandlerAdapter {

	private final ThreadLocal<@Nullable Call> running = new ThreadLocal<>();

	private KafkaMethodRecorder(DelegatingInvocableHandler handler) {
		super(handler);
	}

	/**
	 * Puts a recorder into the place of a handler that chooses among several methods.
	 * @return {@code null} if it cannot be done
	 */
	static @Nullable KafkaMethodRecorder install(MessagingMessageListenerAdapter<?, ?> adapter,
			HandlerAdapter handler) {
		if (!(MessageMethod.field(handler, "delegatingHandler") instanceof DelegatingInvocableHandler methods)
				|| handler.getClass() != HandlerAdapter.class) {
			return null;
		}
		KafkaMethodRecorder recorder = new KafkaMethodRecorder(methods);
		adapter.setHandlerMethod(recorder);
		return recorder;
	}

	/**
	 * Begins the next message on this thread.
	 * @return its method, the class alone as long as the method is not known
	 */
	Supplier<@Nullable String> next() {
		Call call = new Call(AopProxyUtils.ultimateTargetClass(getBean()).getSimpleName());
		this.running.set(call);
		return call;
	}

	@Override
	public @Nullable Object invoke(Message<?> message, @Nullable Object... arguments) throws Exception {
		Call call = this.running.get();
		if (call != null) {
			this.running.remove();
			call.found(method(message.getPayload()));
		}
		return super.invoke(message, arguments);
	}

	private @Nullable String method(Object payload) {
		try {
			String signature = getMethodAsString(payload);
			String qualified = signature.substring(0, signature.indexOf('('));
			return qualified.substring(qualified.lastIndexOf('.') + 1);
		}
		catch (RuntimeException ex) {
			// The call is about to fail with the same.
			return null;
		}
	}

	private static final class Call implements Supplier<@Nullable String> {

		private final String type;

		private volatile String name;

		Call(String type) {
			this.type = type;
			this.name = type;
		}

		void found(@Nullable String method) {
			this.name = (method != null) ? this.type + "." + method : this.type;
		}

		@Override
		public String get() {
			return this.name;
		}

	}

}
