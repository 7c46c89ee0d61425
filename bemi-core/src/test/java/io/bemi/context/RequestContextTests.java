package io.bemi.context;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link RequestContext}.
 */
@ExtendWith(OutputCaptureExtension.class)
class RequestContextTests {

	private final ContextWriter writer = new ContextWriter();

	private final HttpServletRequest request = request();

	private final Details details = new Details();

	@Test
	void hasUserEndpointAndRequestIdWithoutAnyProvider() {
		given(this.request.getUserPrincipal()).willReturn(() -> "alice");
		given(this.request.getHeader("X-Request-Id")).willReturn("r-1");
		this.details.route = "/todos/{id}";
		assertThat(write(List.of())).isEqualTo("{\"user\":\"alice\",\"endpoint\":\"PUT /todos/{id}\","
				+ "\"requestId\":\"r-1\",\"_bemi\":{\"entryPoint\":\"http\",\"method\":\"Todos.update\"}}");
	}

	@Test
	void namesThePathWhereNoRouteHasMatched() {
		assertThat(write(List.of())).contains("\"endpoint\":\"PUT /todos/7\"").doesNotContain("\"user\"");
	}

	@Test
	void makesUpRequestIdInPlaceOfOneThatIsNotSane() {
		given(this.request.getHeader("X-Request-Id")).willReturn("a b\"; --");
		assertThat(write(List.of())).containsPattern("\"requestId\":\"[0-9a-f-]{36}\"");
	}

	@Test
	void takesTraceFromTheW3cHeaderOnly() {
		given(this.request.getHeader("traceparent"))
			.willReturn("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
		assertThat(write(List.of())).contains("\"traceId\":\"4bf92f3577b34da6a3ce929d0e0e4736\"",
				"\"spanId\":\"00f067aa0ba902b7\"");
		given(this.request.getHeader("traceparent"))
			.willReturn("00-00000000000000000000000000000000-00f067aa0ba902b7-01");
		assertThat(write(List.of())).doesNotContain("traceId");
	}

	@Test
	void providersMergeInOrderAndWinOverTheDefaults() {
		given(this.request.getUserPrincipal()).willReturn(() -> "alice");
		String json = write(List.of((request) -> Map.of("user", "first", "a", 1), (request) -> null,
				(request) -> Map.of("user", "second", "_bemi", Map.of("entryPoint", "forged"))));
		assertThat(json).contains("\"user\":\"second\"").contains("\"a\":1", "\"entryPoint\":\"http\"");
	}

	@Test
	void scopesWithinTheRequestWinOverTheProviders() {
		RequestContext context = new RequestContext(List.of((request) -> Map.of("user", "provider")), this.details,
				this.writer);
		try (BemiContext.Scope scope = context.open(this.request)) {
			BemiContext.put("order", 7);
			BemiContext.run(Map.of("user", "scope"),
					() -> assertThat(write()).contains("\"user\":\"scope\"").contains("\"order\":7"));
			assertThat(write()).contains("\"user\":\"provider\"");
		}
	}

	@Test
	void asksOnceForTheWholeRequest() {
		List<String> asked = new ArrayList<>();
		this.details.route = "/todos/{id}";
		RequestContext context = new RequestContext(List.of((request) -> {
			asked.add("x");
			return Map.of();
		}), this.details, this.writer);
		try (BemiContext.Scope scope = context.open(this.request)) {
			String first = write();
			BemiContext.put("order", 7);
			assertThat(write()).isNotEqualTo(first);
		}
		try (BemiContext.Scope errorDispatch = context.open(this.request)) {
			write();
		}
		assertThat(asked).hasSize(1);
	}

	@Test
	void asksAgainWhenTheFirstAnswerCameBeforeTheRoute() {
		given(this.request.getHeader("X-Request-Id")).willReturn(null);
		Map<String, Object> answer = new HashMap<>(Map.of("user", "nobody"));
		RequestContext context = new RequestContext(List.of((request) -> Map.copyOf(answer)), this.details,
				this.writer);
		try (BemiContext.Scope scope = context.open(this.request)) {
			String early = write();
			this.details.route = "/todos/{id}";
			answer.put("user", "alice");
			String late = write();
			answer.put("user", "too late");
			assertThat(early).contains("\"user\":\"nobody\"");
			assertThat(late).contains("\"user\":\"alice\"").isEqualTo(write());
			assertThat(requestId(late)).isEqualTo(requestId(early));
		}
	}

	@Test
	void errorDispatchKeepsTheRouteThatFailed() {
		RequestContext context = new RequestContext(List.of(), this.details, this.writer);
		this.details.route = "/todos/{id}";
		context.open(this.request).close();
		this.details.route = "/error";
		try (BemiContext.Scope scope = context.open(this.request)) {
			assertThat(write()).contains("\"endpoint\":\"PUT /todos/{id}\"");
		}
	}

	@Test
	void errorDispatchWithoutRouteNamesThePathThatFailed() {
		given(this.request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI)).willReturn("/nowhere");
		this.details.route = "/error";
		assertThat(write(List.of())).contains("\"endpoint\":\"PUT /nowhere\"");
	}

	@Test
	void neverAsksOnAnotherThreadOrAfterTheEnd() throws InterruptedException {
		List<String> asked = new ArrayList<>();
		RequestContext context = new RequestContext(List.of((request) -> {
			asked.add("x");
			return Map.of();
		}), this.details, this.writer);
		ContextSnapshot snapshot;
		List<String> written = new ArrayList<>();
		try (BemiContext.Scope scope = context.open(this.request)) {
			snapshot = ContextSnapshot.current();
			Thread thread = new Thread(() -> written.add(this.writer.write(snapshot)));
			thread.start();
			thread.join();
		}
		written.add(this.writer.write(snapshot));
		assertThat(written).hasSize(2)
			.allSatisfy((json) -> assertThat(json).contains("\"error\":\"The request was over"));
		assertThat(asked).isEmpty();
	}

	@Test
	void failingProviderLeavesTheRest(CapturedOutput output) {
		given(this.request.getUserPrincipal()).willReturn(() -> "alice");
		ContextProvider failing = (request) -> {
			throw new IllegalStateException("detail");
		};
		String json = write(List.of(failing, (request) -> Map.of("a", 1)));
		assertThat(json).contains("\"user\":\"alice\"", "\"a\":1", "failed with java.lang.IllegalStateException")
			.doesNotContain("detail");
		write(List.of(failing));
		assertThat(output.getOut().split("The transaction is not affected", -1)).hasSize(2);
		assertThat(output).contains("detail");
	}

	@Test
	void failingProviderFailsTheTransactionWhereAskedTo() {
		ContextWriter strict = new ContextWriter(OnError.FAIL, 1024, List.of());
		RequestContext context = new RequestContext(List.of((request) -> {
			throw new IllegalStateException("detail");
		}), this.details, this.writer);
		try (BemiContext.Scope scope = context.open(this.request)) {
			assertThatThrownBy(() -> strict.write(ContextSnapshot.current())).isInstanceOf(ContextException.class);
		}
	}

	@Test
	void requestThatCannotBeReadDoesNotFailTheTransaction() {
		given(this.request.getUserPrincipal()).willThrow(new IllegalStateException("recycled"));
		assertThat(write(List.of())).contains("\"endpoint\":").doesNotContain("\"user\"");
		this.details.failing = true;
		assertThat(write(List.of())).contains("\"error\":\"The request cannot be read");
	}

	private String write(List<ContextProvider> providers) {
		try (BemiContext.Scope scope = new RequestContext(providers, this.details, this.writer).open(this.request)) {
			return write();
		}
	}

	private String write() {
		return this.writer.write(ContextSnapshot.current());
	}

	private static String requestId(String json) {
		return json.replaceAll(".*\"requestId\":\"([^\"]+)\".*", "$1");
	}

	private static HttpServletRequest request() {
		HttpServletRequest request = mock(HttpServletRequest.class);
		given(request.getMethod()).willReturn("PUT");
		given(request.getRequestURI()).willReturn("/todos/7");
		return request;
	}

	static class Details implements RequestDetails {

		private @Nullable String route;

		private boolean failing;

		@Override
		public HttpServletRequest innermost(HttpServletRequest request) {
			if (this.failing) {
				throw new IllegalStateException();
			}
			return request;
		}

		@Override
		public @Nullable String route(HttpServletRequest request) {
			return this.route;
		}

		@Override
		public @Nullable String method(HttpServletRequest request) {
			return (this.route != null) ? "Todos.update" : null;
		}

	}

}
