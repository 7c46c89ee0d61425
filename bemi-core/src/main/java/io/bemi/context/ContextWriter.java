package io.bemi.context;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a context into the JSON object that travels with a transaction: asks the
 * providers, merges, masks, and keeps the size within bounds. What cannot be built is
 * left out, logged once, and named under {@code _bemi.error}.
 */
public final class ContextWriter {

	/** The keys that are masked unless told otherwise: any key that contains one. */
	public static final List<String> DEFAULT_MASKS = List.of("password", "token", "authorization", "cookie", "secret");

	/** The largest context unless told otherwise, in bytes. */
	public static final int DEFAULT_MAX_SIZE = 1024 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(ContextWriter.class);

	private static final String BEMI = "_bemi";

	private static final int LOGGED_PROBLEMS = 100;

	private final OnError onError;

	private final int maxSize;

	private final ContextJson json;

	private final TraceSource traces;

	private final ContextMeter meter;

	private final Set<String> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Creates a writer with the defaults.
	 */
	public ContextWriter() {
		this(OnError.RECORD, DEFAULT_MAX_SIZE, DEFAULT_MASKS);
	}

	/**
	 * Creates a writer.
	 * @param onError what happens when a context cannot be built
	 * @param maxSize the largest JSON to write, in bytes, from 1024 on
	 * @param masks parts of key names, in any case, whose values are masked
	 */
	public ContextWriter(OnError onError, int maxSize, Collection<String> masks) {
		this(onError, maxSize, masks, TraceSource.NONE, ContextMeter.NONE);
	}

	/**
	 * Creates a writer that knows about traces and counts.
	 * @param onError what happens when a context cannot be built
	 * @param maxSize the largest JSON to write, in bytes, from 1024 on
	 * @param masks parts of key names, in any case, whose values are masked
	 * @param traces knows the trace of the running work
	 * @param meter counts what becomes of contexts
	 */
	public ContextWriter(OnError onError, int maxSize, Collection<String> masks, TraceSource traces,
			ContextMeter meter) {
		if (onError == null) {
			throw new IllegalArgumentException("'onError' must not be null");
		}
		if (maxSize < 1024) {
			throw new IllegalArgumentException("'maxSize' must be at least 1024 bytes, but is " + maxSize);
		}
		if (masks == null) {
			throw new IllegalArgumentException("'masks' must not be null");
		}
		if (traces == null) {
			throw new IllegalArgumentException("'traces' must not be null");
		}
		if (meter == null) {
			throw new IllegalArgumentException("'meter' must not be null");
		}
		this.traces = traces;
		this.meter = meter;
		this.onError = onError;
		this.maxSize = maxSize;
		this.json = new ContextJson(masks);
	}

	/**
	 * Writes a context. While it runs, this thread has no context of its own.
	 * @param context what to write
	 * @return one JSON object, in ASCII
	 * @throws ContextException when it cannot be built and {@link OnError#FAIL} is set
	 */
	public String write(ContextSnapshot context) {
		if (context == null) {
			throw new IllegalArgumentException("'context' must not be null");
		}
		String[] result = new String[1];
		CurrentContext.suspend(() -> result[0] = build(context));
		return result[0];
	}

	/**
	 * Counts what becomes of the contexts that this writer writes.
	 * @return the meter
	 */
	public ContextMeter meter() {
		return this.meter;
	}

	/**
	 * Asks the providers of a request before its work goes on elsewhere.
	 */
	void evaluate(RequestContext request) {
		CurrentContext.suspend(() -> {
			try {
				render(request);
			}
			catch (ContextException ex) {
				// Whoever writes with this context fails, not whoever hands it over.
				logger.debug("Nothing to hand over", ex);
			}
		});
	}

	private String build(ContextSnapshot context) {
		ContextBase origin = context.base();
		RenderedContext base = (origin != null) ? render(origin) : RenderedContext.EMPTY;
		ContextSnapshot.Written written = context.written();
		if (written != null && written.base() == base) {
			return written.json();
		}
		RenderedContext all = base.copy();
		add(all, context.values(), "the scope");
		String built = limit(all);
		context.written(new ContextSnapshot.Written(base, built));
		return built;
	}

	private RenderedContext render(ContextBase origin) {
		try {
			return origin.render(this);
		}
		catch (ContextException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			return incomplete("The request cannot be read: " + ex.getClass().getName(), ex);
		}
	}

	RenderedContext renderRequest(RunningRequest request) {
		RenderedContext rendered = RenderedContext.EMPTY.copy();
		addDefault(rendered.members(), "user", request::user);
		addDefault(rendered.members(), "endpoint", request::endpoint);
		addDefault(rendered.members(), "requestId", request::requestId);
		addDefault(rendered.facts(), "entryPoint", () -> "http");
		addDefault(rendered.facts(), "method", request::method);
		addTrace(rendered, request::trace);
		for (ContextProvider provider : request.providers()) {
			ask(rendered, provider, request);
		}
		return rendered;
	}

	RenderedContext renderEntryPoint(RenderedContext around, EntryPoint entryPoint, @Nullable String method) {
		RenderedContext rendered = around.copy();
		addDefault(rendered.facts(), "entryPoint", entryPoint::name);
		// Without one, there must not be that of the outer entry point.
		rendered.facts().remove("method");
		addDefault(rendered.facts(), "method", () -> method);
		addTrace(rendered, entryPoint::trace);
		return rendered;
	}

	private void addTrace(RenderedContext rendered, Supplier<@Nullable Trace> otherwise) {
		try {
			Trace running = this.traces.current();
			Trace trace = (running != null) ? running : otherwise.get();
			if (trace != null) {
				rendered.facts().put("traceId", ContextJson.quote(trace.traceId()));
				rendered.facts().put("spanId", ContextJson.quote(trace.spanId()));
			}
		}
		catch (RuntimeException ex) {
			logger.debug("No trace in the context", ex);
		}
	}

	private void addDefault(Map<String, String> target, String key, Supplier<@Nullable String> value) {
		try {
			String text = value.get();
			if (text != null) {
				target.put(key, ContextJson.quote(text));
			}
		}
		catch (RuntimeException ex) {
			logger.debug("No {} in the context", key, ex);
		}
	}

	private void ask(RenderedContext rendered, ContextProvider provider, RunningRequest request) {
		String name = provider.getClass().getName();
		try {
			Map<String, ?> answer = request.ask(provider);
			if (answer != null) {
				add(rendered, answer, "ContextProvider " + name);
			}
		}
		catch (ContextException ex) {
			throw ex;
		}
		catch (Exception | LinkageError | AssertionError | StackOverflowError ex) {
			fail(rendered, "ContextProvider " + name + " failed with " + ex.getClass().getName(), ex,
					"Its keys are missing from what is recorded. Make it return what it knows, or null.");
		}
	}

	private void add(RenderedContext rendered, Map<String, ?> values, String source) {
		values.forEach((key, value) -> {
			if (key == null || BEMI.equals(key)) {
				return;
			}
			try {
				rendered.members().put(key, this.json.render(key, value));
			}
			catch (ContextException ex) {
				fail(rendered, ex.getMessage() + " (from " + source + ")", ex.getCause(),
						"The key is missing from what is recorded. Put strings, numbers, booleans, dates, maps"
								+ " and lists into a context, not entities or streams.");
			}
		});
	}

	/**
	 * A context of which nothing could be built.
	 */
	RenderedContext incomplete(String error, @Nullable Throwable cause) {
		RenderedContext rendered = RenderedContext.EMPTY.copy();
		fail(rendered, error, cause, "Write within the request, or open a scope of its own around the work.");
		return rendered;
	}

	private String limit(RenderedContext rendered) {
		String built = join(rendered);
		if (built.length() <= this.maxSize) {
			return built;
		}
		int size = built.length();
		StringBuilder dropped = new StringBuilder();
		List<Map.Entry<String, String>> largestFirst = rendered.members()
			.entrySet()
			.stream()
			.map((member) -> Map.entry(member.getKey(), member.getValue()))
			.sorted(Comparator.comparingInt((member) -> -member.getKey().length() - member.getValue().length()))
			.toList();
		for (Map.Entry<String, String> member : largestFirst) {
			if (size <= this.maxSize - 512) {
				break;
			}
			rendered.members().remove(member.getKey());
			size -= member.getKey().length() + member.getValue().length();
			dropped.append((dropped.length() > 0) ? ", " : "").append(ContextJson.printable(member.getKey()));
		}
		String names = (dropped.length() > 200) ? dropped.substring(0, 200) + "..." : dropped.toString();
		this.meter.tooLarge();
		report(rendered, "The context has " + built.length() + " bytes, more than bemi.context.max-size ("
				+ this.maxSize + "); left out: " + names, null,
				"Put less into the context, or raise bemi.context.max-size.");
		String limited = join(rendered);
		return (limited.length() <= this.maxSize) ? limited
				: join(new RenderedContext(Map.of(), Map.of(), Set.of("The context exceeds bemi.context.max-size")));
	}

	private static String join(RenderedContext rendered) {
		Map<String, String> facts = new LinkedHashMap<>(rendered.facts());
		if (!rendered.errors().isEmpty()) {
			facts.put("error", ContextJson.quote(String.join("; ", rendered.errors())));
		}
		Map<String, String> members = new LinkedHashMap<>(rendered.members());
		if (!facts.isEmpty()) {
			members.put(BEMI, ContextJson.join(facts));
		}
		return ContextJson.join(members);
	}

	private void fail(RenderedContext rendered, String problem, @Nullable Throwable cause, String remedy) {
		this.meter.failed();
		report(rendered, problem, cause, remedy);
	}

	private void report(RenderedContext rendered, String problem, @Nullable Throwable cause, String remedy) {
		if (this.onError == OnError.FAIL) {
			throw new ContextException(
					problem + ". " + remedy + " The transaction fails because of" + " bemi.context.on-error=fail.",
					cause);
		}
		rendered.errors().add(problem);
		// Sizes and the like differ each time: one warning for each kind of problem.
		if (this.logged.size() < LOGGED_PROBLEMS && this.logged.add(problem.replaceAll("\\d+", "#"))) {
			logger.warn("{}. {} The transaction is not affected; this is logged once.", problem, remedy, cause);
		}
	}

}
