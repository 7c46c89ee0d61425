package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.context.ContextSnapshot;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.config.MethodKafkaListenerEndpoint;
import org.springframework.kafka.config.MultiMethodKafkaListenerEndpoint;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link BemiKafkaAutoConfiguration}.
 */
class BemiKafkaAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiKafkaAutoConfiguration.class))
		.withUserConfiguration(Containers.class);

	private final Orders orders = new Orders();

	@Test
	void namesMethodOfListener() {
		this.contextRunner.run((context) -> {
			deliver(context, endpoint("handle"), "message");
			assertThat(this.orders.contexts.all()).containsExactly(MessageContexts.of("kafka", "Orders.handle"));
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void leavesNothingWhenListenerFails() {
		this.contextRunner.run((context) -> {
			assertThatIllegalStateException().isThrownBy(() -> {
				try {
					deliver(context, endpoint("fail"), "message");
				}
				catch (Exception ex) {
					throw ex.getCause();
				}
			}).withMessage("on purpose");
			assertThat(this.orders.contexts.all()).containsExactly(MessageContexts.of("kafka", "Orders.fail"));
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void namesMethodOfBatchListener() {
		this.contextRunner.run((context) -> {
			MethodKafkaListenerEndpoint<String, String> endpoint = endpoint("handleAll", List.class);
			endpoint.setBatchListener(true);
			BatchAcknowledgingConsumerAwareMessageListener<String, String> listener = listener(context, endpoint);
			listener.onMessage(List.of(message("one"), message("two")), null, null);
			assertThat(this.orders.contexts.all()).containsExactly(MessageContexts.of("kafka", "Orders.handleAll"));
		});
	}

	@Test
	void namesMethodThatTakesThePayload() {
		this.contextRunner.run((context) -> {
			MultiMethodKafkaListenerEndpoint<String, String> endpoint = new MultiMethodKafkaListenerEndpoint<>(
					List.of(method("handle", String.class), method("count", Integer.class)), null, this.orders);
			prepare(endpoint);
			AcknowledgingConsumerAwareMessageListener<String, Object> listener = listener(context, endpoint);
			listener.onMessage(message("text"), null, null);
			listener.onMessage(message(1), null, null);
			assertThat(this.orders.contexts.all()).containsExactly(MessageContexts.of("kafka", "Orders.handle"),
					MessageContexts.of("kafka", "Orders.count"));
		});
	}

	@Test
	void takesTraceFromHeader() {
		this.contextRunner.run((context) -> {
			ConsumerRecord<String, String> message = message("text");
			message.headers()
				.add("traceparent",
						"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(StandardCharsets.US_ASCII));
			AcknowledgingConsumerAwareMessageListener<String, String> listener = listener(context, endpoint("handle"));
			listener.onMessage(message, null, null);
			assertThat(this.orders.contexts.all()).singleElement()
				.asString()
				.contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\"");
		});
	}

	@Test
	void containerStillFindsTheAdapter() {
		this.contextRunner.run((context) -> {
			Object listener = listener(context, endpoint("handle"));
			assertThat(listener).isInstanceOfSatisfying(DelegatingMessageListener.class,
					(delegating) -> assertThat(delegating.getDelegate())
						.isInstanceOf(RecordMessagingMessageListenerAdapter.class));
		});
	}

	@Test
	void keepsCustomizerAndAdvice() {
		this.contextRunner.withUserConfiguration(Customized.class).run((context) -> {
			ConcurrentMessageListenerContainer<String, String> container = container(context, endpoint("handle"));
			assertThat(container.getGroupId()).isEqualTo("customized");
			AcknowledgingConsumerAwareMessageListener<String, String> listener = listenerOf(container);
			listener.onMessage(message("text"), null, null);
			assertThat(context.getBean(MessageContexts.class).all())
				.containsExactly(MessageContexts.of("kafka", "Orders.handle"));
			assertThat(this.orders.contexts.all()).hasSize(1);
		});
	}

	@Test
	void namesListenerOfContainerBean() {
		this.contextRunner.withUserConfiguration(ContainerBean.class).run((context) -> {
			ConcurrentMessageListenerContainer<String, String> container = context.getBean("container",
					ConcurrentMessageListenerContainer.class);
			MessageListener<String, String> listener = listenerOf(container);
			listener.onMessage(message("text"));
			assertThat(context.getBean(Plain.class).contexts.all())
				.containsExactly(MessageContexts.of("kafka", "Plain.onMessage"));
		});
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat((Object) listener(context, endpoint("handle")))
				.isInstanceOf(RecordMessagingMessageListenerAdapter.class));
	}

	@Test
	void backsOffWithoutKafka() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiKafkaAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.kafka"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BemiKafkaAutoConfiguration.class));
	}

	private void deliver(ApplicationContext context, MethodKafkaListenerEndpoint<String, String> endpoint,
			String payload) {
		AcknowledgingConsumerAwareMessageListener<String, String> listener = listener(context, endpoint);
		listener.onMessage(message(payload), null, null);
	}

	private static <V> ConsumerRecord<String, V> message(V payload) {
		return new ConsumerRecord<>("topic", 0, 0, "key", payload);
	}

	private static <L> L listener(ApplicationContext context, MethodKafkaListenerEndpoint<String, String> endpoint) {
		return listenerOf(container(context, endpoint));
	}

	@SuppressWarnings("unchecked")
	private static <L> L listenerOf(ConcurrentMessageListenerContainer<String, String> container) {
		return (L) Objects.requireNonNull(container.getContainerProperties().getMessageListener());
	}

	@SuppressWarnings("unchecked")
	private static ConcurrentMessageListenerContainer<String, String> container(ApplicationContext context,
			MethodKafkaListenerEndpoint<String, String> endpoint) {
		ConcurrentKafkaListenerContainerFactory<String, String> factory = context
			.getBean(ConcurrentKafkaListenerContainerFactory.class);
		return factory.createListenerContainer(endpoint);
	}

	private MethodKafkaListenerEndpoint<String, String> endpoint(String method) {
		return endpoint(method, String.class);
	}

	private MethodKafkaListenerEndpoint<String, String> endpoint(String method, Class<?> parameter) {
		MethodKafkaListenerEndpoint<String, String> endpoint = new MethodKafkaListenerEndpoint<>();
		endpoint.setBean(this.orders);
		endpoint.setMethod(method(method, parameter));
		prepare(endpoint);
		return endpoint;
	}

	private static void prepare(MethodKafkaListenerEndpoint<String, String> endpoint) {
		DefaultMessageHandlerMethodFactory methods = new DefaultMessageHandlerMethodFactory();
		methods.afterPropertiesSet();
		endpoint.setMessageHandlerMethodFactory(methods);
		endpoint.setId("orders");
		endpoint.setTopics("topic");
	}

	private static Method method(String name, Class<?> parameter) {
		return Objects.requireNonNull(ReflectionUtils.findMethod(Orders.class, name, parameter));
	}

	static class Orders {

		private final MessageContexts contexts = new MessageContexts();

		void handle(String message) {
			this.contexts.add();
		}

		void count(Integer number) {
			this.contexts.add();
		}

		void handleAll(List<String> messages) {
			this.contexts.add();
		}

		void fail(String message) {
			this.contexts.add();
			throw new IllegalStateException("on purpose");
		}

	}

	static class Plain implements MessageListener<String, String> {

		private final MessageContexts contexts = new MessageContexts();

		@Override
		public void onMessage(ConsumerRecord<String, String> message) {
			this.contexts.add();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Containers {

		@Bean
		ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
				ObjectProvider<ContainerCustomizer<String, String, ConcurrentMessageListenerContainer<String, String>>> customizers,
				ObjectProvider<MethodInterceptor> advice) {
			ConcurrentKafkaListenerContainerFactory<String, String> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers());
			customizers.ifUnique(factory::setContainerCustomizer);
			advice.ifUnique((unique) -> factory.getContainerProperties().setAdviceChain(unique));
			return factory;
		}

		static DefaultKafkaConsumerFactory<String, String> consumers() {
			return new DefaultKafkaConsumerFactory<>(Map.of(), new StringDeserializer(), new StringDeserializer());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customized {

		@Bean
		MessageContexts contexts() {
			return new MessageContexts();
		}

		@Bean
		ContainerCustomizer<String, String, ConcurrentMessageListenerContainer<String, String>> customizer() {
			return (container) -> container.getContainerProperties().setGroupId("customized");
		}

		@Bean
		MethodInterceptor advice(MessageContexts contexts) {
			return (invocation) -> {
				if (invocation.getMethod().getName().equals("onMessage")) {
					contexts.add();
				}
				@Nullable Object result = invocation.proceed();
				return result;
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ContainerBean {

		@Bean
		Plain plain() {
			return new Plain();
		}

		@Bean
		ConcurrentMessageListenerContainer<String, String> container(Plain plain) {
			ContainerProperties properties = new ContainerProperties("topic");
			properties.setMessageListener(plain);
			ConcurrentMessageListenerContainer<String, String> container = new ConcurrentMessageListenerContainer<>(
					Containers.consumers(), properties);
			container.setAutoStartup(false);
			return container;
		}

	}

}
