package io.bemi.context;

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Says who is behind a request and what else is worth remembering about it: the one
 * interface that a user implements. It is asked at most once per request, when the first
 * transaction that writes is about to commit, so authentication and the matched route are
 * known by then; a request that does not write never asks.
 * <p>
 * Several beans are merged in their order; a later one wins. Keys with sensitive names
 * are masked, and a {@code _bemi} key is dropped.
 */
@FunctionalInterface
public interface ContextProvider {

	/**
	 * Builds the context of a request.
	 * @param request the innermost request, as the controller sees it
	 * @return what to record with the request's changes, in values that JSON can hold;
	 * {@code null} or empty for nothing
	 */
	@Nullable Map<String, ?> context(HttpServletRequest request);

}
