package io.bemi.autoconfigure.entrypoint;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MethodNames}.
 */
class MethodNamesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			com.acme.Invoices.createAll                                                   | Invoices.createAll
			com.acme.App$Invoices.createAll                                               | Invoices.createAll
			com.acme.Invoices$$SpringCGLIB$$0.createAll                                   | Invoices.createAll
			public void com.acme.Invoices.on(com.acme.Paid) throws java.io.IOException    | Invoices.on
			private java.util.List<com.acme.A> com.acme.Invoices.on(java.util.List<T>)    | Invoices.on
			com.acme.App$$Lambda/0x00007f00011@5fa7e7ff                                   | -
			com.acme.Task@1b2c3d                                                          | -
			something else                                                                | -
			Task                                                                          | -
			""")
	void parsesWhatDescribesAMethod(String description, @Nullable String name) {
		assertThat(MethodNames.parse(description)).isEqualTo(name);
	}

	@Test
	void namesTheClassBehindAProxy() throws Exception {
		ProxyFactory factory = new ProxyFactory(new Invoices());
		factory.setProxyTargetClass(true);
		assertThat(MethodNames.of(Callable.class.getMethod("call"), factory.getProxy())).isEqualTo("Invoices.call");
		assertThat(MethodNames.of(Callable.class.getMethod("call"), new Invoices())).isEqualTo("Invoices.call");
		assertThat(MethodNames.of(Callable.class.getMethod("call"), null)).isEqualTo("Callable.call");
	}

	@Test
	void namesTheInterfaceOfWhatTheFrameworkImplements() throws Exception {
		assertThat(MethodNames.of(Invoices.class.getMethod("call"), new Object())).isEqualTo("Object.call");
		assertThat(MethodNames.of(Callable.class.getMethod("call"), new Object())).isEqualTo("Callable.call");
	}

	@Test
	void findsTheOutermostMethodThatAFrameworkCalls() throws Exception {
		assertThat(call(MethodNamesTests::outer)).isEqualTo("MethodNamesTests.outer");
		assertThat(call(() -> outer())).isEqualTo("MethodNamesTests.findsTheOutermostMethodThatAFrameworkCalls");
		assertThat(call(new Callable<>() {
			@Override
			public @Nullable String call() {
				return outer();
			}
		})).isEqualTo("MethodNamesTests.call");
	}

	private static @Nullable String call(Callable<@Nullable String> work) throws Exception {
		return new Framework().call(work);
	}

	private static @Nullable String outer() {
		return MethodNames.calledBy(Framework.class.getName(), "call");
	}

	static class Framework {

		@Nullable String call(Callable<@Nullable String> work) throws Exception {
			return work.call();
		}

	}

	static class Invoices implements Callable<String> {

		@Override
		public String call() {
			return "";
		}

	}

}
