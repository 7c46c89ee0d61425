package io.bemi.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Contexts on other threads than those that they were opened on.
 */
class ContextHandOverTests {

	private final ContextWriter writer = new ContextWriter();

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	@AfterEach
	void shutDown() {
		this.executor.shutdownNow();
	}

	@Test
	void wrappedWorkRunsInTheContextOfTheMomentAndLeavesNone() throws Exception {
		Callable<String> work;
		try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice"))) {
			work = BemiContext.wrapCallable(() -> {
				BemiContext.put("more", 1);
				return write();
			});
			BemiContext.put("later", true);
		}
		assertThat(this.executor.submit(work).get()).isEqualTo("{\"user\":\"alice\",\"more\":1}");
		assertThat(this.executor.submit(ContextSnapshot::current).get()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void wrappedWorkReplacesWhatItsThreadHadOpen() {
		Runnable outside = BemiContext.wrap(() -> {
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
		BemiContext.run(Map.of("a", 1), () -> {
			outside.run();
			assertThat(BemiContext.current()).containsEntry("a", 1);
		});
	}

	@Test
	void providersAreAskedOnTheRequestsThreadAndOnce() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		HttpServletRequest request = request();
		RequestContext context = request((provided) -> {
			asked.incrementAndGet();
			return Map.of("principal", provided.getUserPrincipal().getName());
		});
		Callable<String> work;
		try (BemiContext.Scope scope = context.open(request)) {
			work = BemiContext.wrapCallable(this::write);
		}
		given(request.getUserPrincipal()).willReturn(() -> "mallory");
		assertThat(this.executor.submit(work).get()).contains("\"principal\":\"alice\"", "\"user\":\"alice\"");
		assertThat(asked).hasValue(1);
	}

	@Test
	void aProviderThatHandsWorkOverIsNotAskedAgain() {
		AtomicInteger asked = new AtomicInteger();
		RequestContext context = request((request) -> {
			BemiContext.wrap(() -> {
			}).run();
			return Map.of("asked", asked.incrementAndGet());
		});
		try (BemiContext.Scope scope = context.open(request())) {
			ContextSnapshot.capture();
			assertThat(write()).contains("\"asked\":1");
		}
	}

	@Test
	void withOnErrorFailTheWriterFailsAndNotWhoHandsOver() throws Exception {
		ContextWriter failing = new ContextWriter(OnError.FAIL, 4096, List.of());
		RequestContext context = new RequestContext(List.of((request) -> {
			throw new IllegalStateException("no");
		}), RequestDetails.SERVLET, failing);
		Callable<String> work;
		try (BemiContext.Scope scope = context.open(request())) {
			work = BemiContext.wrapCallable(() -> failing.write(ContextSnapshot.current()));
		}
		assertThatThrownBy(() -> this.executor.submit(work).get()).hasCauseInstanceOf(ContextException.class);
	}

	@Test
	void anImposedContextIsTakenBackWithWhatWasLeftOpenInIt() {
		ContextSnapshot[] other = new ContextSnapshot[1];
		BemiContext.run(Map.of("who", "other"), () -> other[0] = ContextSnapshot.capture());
		BemiContext.Scope outer = BemiContext.open(Map.of("who", "outer"));
		other[0].impose();
		assertThat(BemiContext.current()).containsEntry("who", "other");
		BemiContext.open(Map.of("who", "leaked"));
		ContextSnapshot.takeBack();
		assertThat(BemiContext.current()).containsEntry("who", "outer");
		ContextSnapshot.takeBack();
		assertThat(BemiContext.current()).containsEntry("who", "outer");
		outer.close();
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void announcesEachChangeBeforeItHappens() throws Exception {
		List<Map<String, Object>> seen = new ArrayList<>();
		try (AutoCloseable listener = ContextChanges.listen(() -> seen.add(BemiContext.current()))) {
			BemiContext.run(Map.of("a", 1), () -> BemiContext.put("b", 2));
		}
		BemiContext.run(Map.of("a", 1), () -> {
		});
		assertThat(seen).containsExactly(Map.of(), Map.of("a", 1), Map.of("a", 1, "b", 2));
	}

	@Test
	void aListenerThatFailsLeavesNoScopeBehind() throws Exception {
		BemiContext.Scope scope = BemiContext.open(Map.of("a", 1));
		try (AutoCloseable listener = ContextChanges.listen(() -> {
			throw new IllegalStateException("flush failed");
		})) {
			assertThatThrownBy(scope::close).hasMessage("flush failed");
			assertThatThrownBy(() -> BemiContext.open(Map.of())).hasMessage("flush failed");
		}
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void isSuspendedWhileProvidersAreAsked() {
		boolean[] suspended = new boolean[2];
		RequestContext context = request((request) -> {
			suspended[0] = ContextSnapshot.isSuspended();
			BemiContext.run(Map.of("a", 1), () -> suspended[1] = ContextSnapshot.isSuspended());
			return null;
		});
		try (BemiContext.Scope scope = context.open(request())) {
			write();
			assertThat(ContextSnapshot.isSuspended()).isFalse();
		}
		assertThat(suspended).containsExactly(true, true);
	}

	@Test
	void countsWhatFailsAndWhatIsTooLarge() {
		int[] counts = new int[2];
		ContextWriter counting = new ContextWriter(OnError.RECORD, 1024, List.of(), TraceSource.NONE,
				new ContextMeter() {
					@Override
					public void tooLarge() {
						counts[0]++;
					}

					@Override
					public void failed() {
						counts[1]++;
					}
				});
		BemiContext.run(Map.of("big", "x".repeat(2000)), () -> counting.write(ContextSnapshot.current()));
		assertThat(counts).containsExactly(1, 0);
		BemiContext.run(Map.of("bad", new Object()), () -> counting.write(ContextSnapshot.current()));
		assertThat(counts).containsExactly(1, 1);
	}

	private RequestContext request(ContextProvider provider) {
		return new RequestContext(List.of(provider), RequestDetails.SERVLET, this.writer);
	}

	private static HttpServletRequest request() {
		HttpServletRequest request = mock(HttpServletRequest.class);
		given(request.getMethod()).willReturn("GET");
		given(request.getRequestURI()).willReturn("/");
		given(request.getUserPrincipal()).willReturn(() -> "alice");
		return request;
	}

	private String write() {
		return this.writer.write(ContextSnapshot.current());
	}

}
