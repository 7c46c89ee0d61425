package io.bemi.dashboard.live;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.bemi.change.Change;
import io.bemi.dashboard.http.Problem;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;
import io.bemi.query.Page;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows the history for viewers. It is looked once an interval whether there is
 * anything new; only then is each viewer's question asked, from where the viewer is. So a
 * viewer that reads slowly holds nothing but its place, and one that reads nothing is cut
 * off; it comes back where it was.
 */
public final class LiveChanges implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(LiveChanges.class);

	private static final int MOST_VIEWERS = 100;

	private static final int BATCH = 50;

	/** Of a viewer, in one look. */
	private static final int MOST_BATCHES = 10;

	/** Of the events that wait for a viewer. */
	private static final int MOST_BYTES = 256 * 1024;

	private static final byte[] KEEP_ALIVE = ": still there\n\n".getBytes(StandardCharsets.US_ASCII);

	private final Changes changes;

	private final Duration interval;

	private final Duration stall;

	/** After that a viewer comes back, and has to show again that it may. */
	private final Duration lifetime;

	private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();

	private @Nullable ScheduledExecutorService poller;

	private volatile boolean running;

	private @Nullable String newest;

	/**
	 * Creates one.
	 * @param changes the recorded changes
	 */
	public LiveChanges(Changes changes) {
		this(changes, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(15));
	}

	LiveChanges(Changes changes, Duration interval, Duration stall, Duration lifetime) {
		this.changes = changes;
		this.interval = interval;
		this.stall = stall;
		this.lifetime = lifetime;
	}

	/**
	 * Goes on answering a request with changes until it is closed.
	 * @param request the request
	 * @param response where the events go
	 * @param query the changes that it asks for
	 * @param after the change behind which to begin; {@code null} for now
	 * @param render writes a change, in one line
	 * @throws IOException when the answer cannot be written
	 */
	public void follow(HttpServletRequest request, HttpServletResponse response, ChangeQuery query,
			@Nullable Change after, Function<Change, String> render) throws IOException {
		ChangeQuery question = query.oldestFirst().limit(BATCH);
		Change from = (after != null) ? after : this.changes.query().first().orElse(null);
		String cursor = (from != null) ? question.cursorOf(from) : null;
		// What is wrong with the question is said while it still can be.
		question.after(cursor).limit(1).list();
		if (!this.running || this.viewers.size() >= MOST_VIEWERS) {
			throw new Problem(503, this.running ? "There are " + MOST_VIEWERS + " viewers already"
					: "The application is about to end");
		}
		response.setContentType("text/event-stream");
		response.setCharacterEncoding("UTF-8");
		response.setHeader("X-Accel-Buffering", "no");
		response.getOutputStream().write("retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII));
		response.flushBuffer();
		AsyncContext async = request.startAsync();
		async.setTimeout(0);
		Viewer viewer = new Viewer(async, question, cursor, render, this.viewers::remove);
		this.viewers.add(viewer);
		viewer.begin();
		poll();
		if (!this.running) {
			viewer.close();
		}
	}

	/**
	 * How many viewers there are.
	 */
	int viewers() {
		return this.viewers.size();
	}

	private synchronized void poll() {
		if (this.poller != null || !this.running) {
			return;
		}
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "bemi-dashboard-live");
			thread.setDaemon(true);
			return thread;
		});
		this.poller = started;
		try {
			Future<?> unused = started.scheduleWithFixedDelay(this::look, 0, this.interval.toMillis(),
					TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.trace("Stopped", ex);
		}
	}

	private void look() {
		try {
			if (endIfAlone()) {
				return;
			}
			this.viewers.forEach((viewer) -> viewer.tend(KEEP_ALIVE, this.stall, this.lifetime));
			Optional<Change> last = this.changes.query().first();
			String id = last.map(Change::id).orElse(null);
			boolean isNew = id != null && !id.equals(this.newest);
			this.newest = id;
			if (last.isPresent()) {
				this.viewers.forEach((viewer) -> viewer.wants(isNew));
				feed(last.get());
			}
		}
		catch (RuntimeException ex) {
			logger.debug("It could not be looked for new changes", ex);
		}
	}

	private synchronized boolean endIfAlone() {
		ScheduledExecutorService alone = this.poller;
		if (this.viewers.isEmpty() && alone != null) {
			this.poller = null;
			this.newest = null;
			alone.shutdown();
			return true;
		}
		return false;
	}

	/**
	 * Page by page, in turns; who is far behind, in several looks.
	 */
	private void feed(Change last) {
		boolean behind = true;
		for (int i = 0; behind && i < MOST_BATCHES; i++) {
			behind = false;
			for (Viewer viewer : this.viewers) {
				if (viewer.wants(false)) {
					feed(viewer, last);
					behind = true;
				}
			}
		}
	}

	private static void feed(Viewer viewer, Change last) {
		try {
			Page page = viewer.query().after(viewer.cursor()).page();
			int bytes = 0;
			boolean whole = true;
			String cursor = page.cursor();
			for (Change change : page.changes()) {
				if (bytes > MOST_BYTES) {
					whole = false;
					break;
				}
				byte[] event = ("event: change\nid: " + change.id() + "\ndata: " + viewer.render().apply(change)
						+ "\n\n")
					.getBytes(StandardCharsets.UTF_8);
				bytes += event.length;
				viewer.send(event);
				cursor = viewer.query().cursorOf(change);
			}
			boolean more = !whole || page.hasNext();
			// Whatever is up to the last change was asked for, shown or not.
			viewer.moveTo((more || isBehind(last, page)) ? cursor : viewer.query().cursorOf(last), more);
		}
		catch (RuntimeException ex) {
			logger.debug("A viewer is cut off: its question could not be answered", ex);
			viewer.close();
		}
	}

	/**
	 * Whether the page has gone further than what was the last change before.
	 */
	private static boolean isBehind(Change last, Page page) {
		return !page.changes().isEmpty()
				&& page.changes().get(page.changes().size() - 1).position().isAfter(last.position());
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		ScheduledExecutorService ended;
		synchronized (this) {
			this.running = false;
			ended = this.poller;
			this.poller = null;
		}
		if (ended != null) {
			ended.shutdownNow();
		}
		this.viewers.forEach(Viewer::close);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Ends before the web server waits for the last requests, which these would be.
	 */
	@Override
	public int getPhase() {
		return SmartLifecycle.DEFAULT_PHASE;
	}

}
