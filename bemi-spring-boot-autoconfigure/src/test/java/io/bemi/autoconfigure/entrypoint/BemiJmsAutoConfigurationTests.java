package io.bemi.autoconfigure.entrypoint;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jms.annotation.EnableJms;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.config.DefaultJmsListenerContainerFactory;
import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.jms.config.SimpleJmsListenerEndpoint;
import org.springframework.jms.listener.AbstractMessageListenerContainer;
import org.springframework.jms.listener.DefaultMessageListenerContainer;
import org.springframework.jms.listener.SessionAwareMessageListener;
import org.springframework.jms.listener.adapter.MessageListenerAdapter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiJmsAutoConfiguration}.
 */
class BemiJmsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiJmsAutoConfiguration.class))
		.withUserConfiguration(Containers.class);

	@Test
	void namesMethodOfListener() {
		this.contextRunner.run((context) -> {
			deliver(registered(context, "orders"), text());
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("jms", "Orders.handle"));
		});
	}

	@Test
	void takesTraceFromProperty() {
		this.contextRunner.run((context) -> {
			TextMessage message = text();
			BDDMockito.given(message.getStringProperty("traceparent"))
				.willReturn("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
			deliver(registered(context, "orders"), message);
			assertThat(contexts(context).all()).singleElement()
				.asString()
				.contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\"");
		});
	}

	@Test
	void namesListenerThatIsRegisteredLater() {
		this.contextRunner.run((context) -> {
			SimpleJmsListenerEndpoint endpoint = new SimpleJmsListenerEndpoint();
			endpoint.setId("late");
			endpoint.setDestination("queue");
			endpoint.setMessageListener(new Plain(contexts(context)));
			context.getBean(JmsListenerEndpointRegistry.class)
				.registerListenerContainer(endpoint, context.getBean(DefaultJmsListenerContainerFactory.class));
			deliver(registered(context, "late"), text());
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("jms", "Plain.onMessage"));
		});
	}

	@Test
	void namesMethodBehindAdapter() {
		this.contextRunner.withUserConfiguration(ContainerBean.class).run((context) -> {
			deliver(context.getBean(AbstractMessageListenerContainer.class), text());
			assertThat(contexts(context).all()).containsExactly(MessageContexts.of("jms", "Orders.handle"));
		});
	}

	@Test
	void registryIsOneBeanOfItsType() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(JmsListenerEndpointRegistry.class);
			assertThat(context.getBean(JmsListenerEndpointRegistry.class).getListenerContainerIds())
				.containsExactly("orders");
		});
	}

	@Test
	void leavesOtherRegistriesAlone() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiJmsAutoConfiguration.class))
			.withBean("registry", JmsListenerEndpointRegistry.class, OwnRegistry::new)
			.run((context) -> assertThat(context).getBean(JmsListenerEndpointRegistry.class)
				.isInstanceOf(OwnRegistry.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false").run((context) -> {
			deliver(registered(context, "orders"), text());
			assertThat(contexts(context).all()).containsExactly("{}");
		});
	}

	@Test
	void backsOffWithoutJms() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiJmsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("jakarta.jms"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BemiJmsAutoConfiguration.class));
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiJmsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.jms"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BemiJmsAutoConfiguration.class));
	}

	private static MessageContexts contexts(ApplicationContext context) {
		return context.getBean(MessageContexts.class);
	}

	private static TextMessage text() throws Exception {
		TextMessage message = Mockito.mock();
		BDDMockito.given(message.getText()).willReturn("text");
		return message;
	}

	private static AbstractMessageListenerContainer registered(ApplicationContext context, String id) {
		return (AbstractMessageListenerContainer) java.util.Objects
			.requireNonNull(context.getBean(JmsListenerEndpointRegistry.class).getListenerContainer(id));
	}

	@SuppressWarnings("unchecked")
	private static void deliver(AbstractMessageListenerContainer container, Message message) throws Exception {
		Object listener = container.getMessageListener();
		if (listener instanceof SessionAwareMessageListener<?> sessionAware) {
			((SessionAwareMessageListener<Message>) sessionAware).onMessage(message, Mockito.mock(Session.class));
		}
		else if (listener instanceof MessageListener simple) {
			simple.onMessage(message);
		}
	}

	static class Orders {

		private final MessageContexts contexts;

		Orders(MessageContexts contexts) {
			this.contexts = contexts;
		}

		@JmsListener(id = "orders", destination = "queue")
		public void handle(String message) {
			this.contexts.add();
		}

	}

	record Plain(MessageContexts contexts) implements MessageListener {

		@Override
		public void onMessage(Message message) {
			this.contexts.add();
		}

	}

	static class OwnRegistry extends JmsListenerEndpointRegistry {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJms
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
		DefaultJmsListenerContainerFactory jmsListenerContainerFactory() {
			DefaultJmsListenerContainerFactory factory = new DefaultJmsListenerContainerFactory();
			factory.setConnectionFactory(Mockito.mock(ConnectionFactory.class));
			factory.setAutoStartup(false);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ContainerBean {

		@Bean
		DefaultMessageListenerContainer container(Orders orders) {
			MessageListenerAdapter adapter = new MessageListenerAdapter(orders);
			adapter.setDefaultListenerMethod("handle");
			DefaultMessageListenerContainer container = new DefaultMessageListenerContainer();
			container.setConnectionFactory(Mockito.mock(ConnectionFactory.class));
			container.setDestinationName("queue");
			container.setMessageListener(adapter);
			container.setAutoStartup(false);
			return container;
		}

	}

}
