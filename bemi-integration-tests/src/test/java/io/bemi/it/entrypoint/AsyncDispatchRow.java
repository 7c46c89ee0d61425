package io.bemi.it.entrypoint;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * The ASYNC dispatch that follows on a {@code DeferredResult}: an interceptor writes in
 * it. The result is set by a thread that has no context.
 */
@RestController
class AsyncDispatchRow extends RequestsRow {

	private static final String ENTRY = AsyncDispatchRow.class.getName();

	AsyncDispatchRow(Requests requests) {
		super(requests, "/async-dispatch", "http", "AsyncDispatchRow.write");
	}

	@PostMapping("/async-dispatch" + Entry.PATH)
	DeferredResult<String> write(@PathVariable Way way, @PathVariable String key, HttpServletRequest request) {
		request.setAttribute(ENTRY, new Entry(way, key));
		DeferredResult<String> result = new DeferredResult<>();
		new Thread(() -> result.setResult("")).start();
		return result;
	}

	@Bean
	static WebMvcConfigurer writingInterceptor(Writes writes) {
		return new WebMvcConfigurer() {
			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(new HandlerInterceptor() {
					@Override
					public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
							@Nullable ModelAndView modelAndView) {
						if (request.getAttribute(ENTRY) instanceof Entry entry) {
							writes.write(entry);
						}
					}
				});
			}
		};
	}

}
