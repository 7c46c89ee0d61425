package io.bemi.autoconfigure.entrypoint;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import com.rabbitmq.client.Channel;
import io.bemi.context.ContextSnapshot;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.annotation.EnableRabbit;
import org.springframework.amqp.rabbit.annotation.RabbitHandler;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiRabbitAutoConfiguration}.
 */
class BemiRabbitAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiRabbitAutoConfiguration.class))
		.withUserConfiguration(Containers.class);

	@Test
	void namesMethodOfListener() {
		this.contextRunner.run((context) -> {
			deliver(registered(context, "orders"), message());
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("rabbit", "Orders.handle"));
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void namesMethodThatTakesThePayload() {
		this.contextRunner.run((context) -> {
			deliver(registered(context, "payloads"), message());
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("rabbit", "Payloads.text"));
		});
	}

	@Test
	void namesMethodOfBatchListener() {
		this.contextRunner.run((context) -> {
			deliver(registered(context, "batch"), List.of(message(), message()));
			deliver(registered(context, "raw"), List.of(message(), message()));
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("rabbit", "Batches.payloads"),
					MessageContexts.of("rabbit", "Batches.messages"));
		});
	}

	@Test
	void takesTraceFromHeader() {
		this.contextRunner.run((context) -> {
			Message message = message();
			message.getMessageProperties()
				.setHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
			deliver(registered(context, "orders"), message);
			assertThat(contexts(context).all()).singleElement()
				.asString()
				.contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\"");
		});
	}

	@Test
	void isFirstInTheChainOfAdviceAndKeepsItAndTheCustomizer() {
		this.contextRunner.withUserConfiguration(Advised.class).run((context) -> {
			AbstractMessageListenerContainer container = registered(context, "orders");
			Advice[] chain = (Advice[]) ReflectionTestUtils.getField(container, "adviceChain");
			assertThat(chain).hasSize(2);
			assertThat(Objects.requireNonNull(chain)[0]).isInstanceOf(RabbitEntryPointInterceptor.class);
			assertThat(ReflectionTestUtils.getField(container, "prefetchCount")).isEqualTo(7);
			deliver(container, message());
			// By the advice, and by the listener.
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("rabbit", "Orders.handle"),
					MessageContexts.of("rabbit", "Orders.handle"));
		});
	}

	@Test
	void namesListenerOfContainerBean() {
		this.contextRunner.withUserConfiguration(ContainerBean.class).run((context) -> {
			deliver(context.getBean(SimpleMessageListenerContainer.class), message());
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("rabbit", "Plain.onMessage"));
		});
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false").run((context) -> {
			deliver(registered(context, "orders"), message());
			assertThat(contexts(context).all()).containsExactly("{}");
		});
	}

	@Test
	void backsOffWithoutRabbit() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiRabbitAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.amqp"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BemiRabbitAutoConfiguration.class));
	}

	private static MessageContexts contexts(ApplicationContext context) {
		return context.getBean(MessageContexts.class);
	}

	private static Message message() {
		MessageProperties properties = new MessageProperties();
		properties.setContentType(MessageProperties.CONTENT_TYPE_TEXT_PLAIN);
		properties.setConsumerQueue("queue");
		return new Message("text".getBytes(StandardCharsets.UTF_8), properties);
	}

	// What the registry returns has another type on each line.
	private static AbstractMessageListenerContainer registered(ApplicationContext context, String id) {
		return (AbstractMessageListenerContainer) Objects.requireNonNull(ReflectionTestUtils
			.invokeMethod(context.getBean(RabbitListenerEndpointRegistry.class), "getListenerContainer", id));
	}

	// As its consumers do.
	private static void deliver(AbstractMessageListenerContainer container, Object data) {
		container.afterPropertiesSet();
		ReflectionTestUtils.invokeMethod(container, "invokeListener", Mockito.mock(Channel.class), data);
	}

	static class Orders {

		private final MessageContexts contexts;

		Orders(MessageContexts contexts) {
			this.contexts = contexts;
		}

		@RabbitListener(id = "orders", queues = "queue")
		public void handle(String message) {
			this.contexts.add();
		}

	}

	@RabbitListener(id = "payloads", queues = "queue")
	static class Payloads {

		private final MessageContexts contexts;

		Payloads(MessageContexts contexts) {
			this.contexts = contexts;
		}

		@RabbitHandler
		public void text(String message) {
			this.contexts.add();
		}

		@RabbitHandler
		public void bytes(byte[] message) {
			this.contexts.add();
		}

	}

	static class Batches {

		private final MessageContexts contexts;

		Batches(MessageContexts contexts) {
			this.contexts = contexts;
		}

		@RabbitListener(id = "batch", queues = "queue", batch = "true")
		public void payloads(List<String> messages) {
			this.contexts.add();
		}

		@RabbitListener(id = "raw", queues = "queue", batch = "true")
		public void messages(List<Message> messages) {
			this.contexts.add();
		}

	}

	record Plain(MessageContexts contexts) implements MessageListener {

		@Override
		public void onMessage(Message message) {
			this.contexts.add();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRabbit
	static class Containers {

		@Bean
		MessageContexts contexts() {
			return new MessageContexts();
		}

		@Bean
		Orders orders(MessageContexts contexts) {
			return new Orders(contexts);
		}

		@Bean
		Payloads payloads(MessageContexts contexts) {
			return new Payloads(contexts);
		}

		@Bean
		Batches batches(MessageContexts contexts) {
			return new Batches(contexts);
		}

		@Bean
		SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(ObjectProvider<MethodInterceptor> advice) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setContainerCustomizer(customizer());
			factory.setConnectionFactory(Mockito.mock(ConnectionFactory.class));
			factory.setAutoStartup(false);
			advice.ifUnique(factory::setAdviceChain);
			return factory;
		}

		// A lambda would have the argument's type of one line only.
		@SuppressWarnings("unchecked")
		private static ContainerCustomizer<SimpleMessageListenerContainer> customizer() {
			return Mockito.mock(ContainerCustomizer.class, (invocation) -> {
				((SimpleMessageListenerContainer) invocation.getArgument(0)).setPrefetchCount(7);
				return null;
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Advised {

		@Bean
		MethodInterceptor advice(MessageContexts contexts) {
			return (invocation) -> {
				contexts.add();
				@Nullable Object result = invocation.proceed();
				return result;
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ContainerBean {

		@Bean
		SimpleMessageListenerContainer container(MessageContexts contexts) {
			SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(
					Mockito.mock(ConnectionFactory.class));
			container.setQueueNames("queue");
			container.setMessageListener(new Plain(contexts));
			container.setAutoStartup(false);
			return container;
		}

	}

}
