package io.bemi.context;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EntryPoint}.
 */
class EntryPointTests {

	private final ContextWriter writer = new ContextWriter();

	@Test
	void namesItselfAndItsMethod() {
		try (BemiContext.Scope scope = new EntryPoint("scheduled", "Invoices.createAll").open()) {
			assertThat(write())
				.isEqualTo("{\"_bemi\":{\"entryPoint\":\"scheduled\",\"method\":\"Invoices.createAll\"}}");
		}
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void asksForItsMethodAgainEachTime() {
		AtomicReference<String> method = new AtomicReference<>();
		try (BemiContext.Scope scope = new EntryPoint("rabbit", method::get).open()) {
			assertThat(write()).isEqualTo("{\"_bemi\":{\"entryPoint\":\"rabbit\"}}");
			method.set("Orders.received");
			assertThat(write()).contains("Orders.received").isSameAs(write());
		}
	}

	@Test
	void aMethodThatCannotBeToldIsLeftOut() {
		try (BemiContext.Scope scope = new EntryPoint("jms", () -> {
			throw new IllegalStateException();
		}).open()) {
			assertThat(write()).isEqualTo("{\"_bemi\":{\"entryPoint\":\"jms\"}}");
		}
	}

	@Test
	void keepsTheKeysAndReplacesTheFactsOfTheOuterOne() {
		BemiContext.run(Map.of("tenant", 7), () -> {
			try (BemiContext.Scope outer = new EntryPoint("http", "Todos.update").open();
					BemiContext.Scope inner = new EntryPoint("event", (String) null).open()) {
				BemiContext.put("order", 8);
				assertThat(write()).isEqualTo("{\"tenant\":7,\"order\":8,\"_bemi\":{\"entryPoint\":\"event\"}}");
			}
			assertThat(write()).isEqualTo("{\"tenant\":7}");
		});
	}

	@Test
	void workFromOutsideHasNothingOfTheWorkThatStartedItsThread() {
		BemiContext.run(Map.of("tenant", 7), () -> {
			try (BemiContext.Scope scope = new EntryPoint("kafka", "Orders.on").openAnew()) {
				assertThat(write())
					.isEqualTo("{\"tenant\":7,\"_bemi\":{\"entryPoint\":\"kafka\",\"method\":\"Orders.on\"}}");
			}
		});
		try (BemiContext.Scope starter = new EntryPoint("runner", "App.start").open()) {
			BemiContext.put("user", "starter");
			try (BemiContext.Scope scope = new EntryPoint("kafka", "Orders.on").openAnew()) {
				assertThat(write()).isEqualTo("{\"_bemi\":{\"entryPoint\":\"kafka\",\"method\":\"Orders.on\"}}");
			}
		}
	}

	@Test
	void captureKnowsTheMethodOfTheThreadThatMadeIt() throws Exception {
		Thread here = Thread.currentThread();
		ContextSnapshot captured;
		try (BemiContext.Scope scope = new EntryPoint("runner",
				() -> (Thread.currentThread() == here) ? "App.seed" : null)
			.open()) {
			captured = ContextSnapshot.capture();
		}
		AtomicReference<String> written = new AtomicReference<>();
		Thread other = new Thread(() -> {
			try (BemiContext.Scope scope = captured.open()) {
				written.set(write());
			}
		});
		other.start();
		other.join();
		assertThat(written.get()).contains("App.seed");
	}

	@Test
	void hasTheTraceOfTheRunningWork() {
		AtomicReference<Trace> trace = new AtomicReference<>();
		ContextWriter tracing = new ContextWriter(OnError.RECORD, 4096, List.of(), trace::get, ContextMeter.NONE);
		trace.set(new Trace("t1", "s1"));
		try (BemiContext.Scope scope = new EntryPoint("kafka", "Orders.on").open()) {
			assertThat(tracing.write(ContextSnapshot.current())).contains("\"traceId\":\"t1\",\"spanId\":\"s1\"");
			try (BemiContext.Scope inner = new EntryPoint("async", "Orders.later").open()) {
				trace.set(new Trace("t1", "s2"));
				assertThat(tracing.write(ContextSnapshot.current())).contains("\"traceId\":\"t1\",\"spanId\":\"s2\"");
			}
		}
	}

	@Test
	void refusesToBeNameless() {
		assertThatIllegalArgumentException().isThrownBy(() -> new EntryPoint(" ", "A.b"))
			.withMessage("'name' must not be empty");
	}

	private String write() {
		return this.writer.write(ContextSnapshot.current());
	}

}
