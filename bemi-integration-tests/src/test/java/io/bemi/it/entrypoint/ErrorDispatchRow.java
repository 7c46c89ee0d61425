package io.bemi.it.entrypoint;

import java.io.IOException;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RequestMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The ERROR dispatch that follows when a controller sends an error: an error page writes
 * in it. What is recorded is the endpoint that has failed.
 */
@RestController
class ErrorDispatchRow implements EntryPointRow {

	private static final String ENTRY = ErrorDispatchRow.class.getName();

	private final Requests requests;

	private final Writes writes;

	ErrorDispatchRow(Requests requests, Writes writes) {
		this.requests = requests;
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		assertThat(this.requests.postForStatus("/error-dispatch", entry)).isEqualTo(402);
	}

	@PostMapping("/error-dispatch" + Entry.PATH)
	void fail(@PathVariable Way way, @PathVariable String key, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		request.setAttribute(ENTRY, new Entry(way, key));
		response.sendError(HttpStatus.PAYMENT_REQUIRED.value());
	}

	@RequestMapping("/error-page")
	void page(HttpServletRequest request) {
		if (request.getAttribute(ENTRY) instanceof Entry entry) {
			this.writes.write(entry);
		}
	}

	@Bean
	static ErrorPageRegistrar errorPage() {
		return (registry) -> registry.addErrorPages(new ErrorPage(HttpStatus.PAYMENT_REQUIRED, "/error-page"));
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("/error-dispatch", "http", "ErrorDispatchRow.page");
	}

}
