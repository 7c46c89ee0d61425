package io.bemi.context;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The context of an entry point, within the one that was open when it began.
 */
final class EntryPointContext extends ContextBase {

	private static final Logger logger = LoggerFactory.getLogger(EntryPointContext.class);

	private final @Nullable ContextBase outer;

	private final EntryPoint entryPoint;

	private @Nullable Rendered rendered;

	EntryPointContext(@Nullable ContextBase outer, EntryPoint entryPoint) {
		this.outer = outer;
		this.entryPoint = entryPoint;
	}

	@Override
	synchronized RenderedContext render(ContextWriter writer) {
		RenderedContext around = (this.outer != null) ? this.outer.render(writer) : RenderedContext.EMPTY;
		String method = method();
		Rendered current = this.rendered;
		if (current == null || current.around() != around || !Objects.equals(current.method(), method)) {
			current = new Rendered(around, method, writer.renderEntryPoint(around, this.entryPoint, method));
			this.rendered = current;
		}
		return current.result();
	}

	private @Nullable String method() {
		try {
			return this.entryPoint.method().get();
		}
		catch (RuntimeException ex) {
			logger.debug("No method in the context", ex);
			return null;
		}
	}

	@Override
	ContextBase capture() {
		String method = method();
		return new EntryPointContext((this.outer != null) ? this.outer.capture() : null, (method != null)
				? new EntryPoint(this.entryPoint.name(), () -> method, this.entryPoint.trace()) : this.entryPoint);
	}

	/**
	 * What was rendered.
	 *
	 * @param around the outer context at that moment
	 * @param method the method at that moment
	 * @param result both together
	 */
	private record Rendered(RenderedContext around, @Nullable String method, RenderedContext result) {
	}

}
