package io.bemi.dashboard.live;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

import io.bemi.change.Change;
import io.bemi.query.ChangeQuery;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

/**
 * One who listens. Written to without ever waiting: by whoever has something to say while
 * the connection takes it, else by the server when it does again.
 * <p>
 * Where the connection breaks while somebody writes, the server ends the request on a
 * thread of its own, and uses again what it served it with for whoever comes next. So it
 * is told to go on only when nobody is about to write any more.
 */
final class Viewer implements WriteListener, AsyncListener {

	private static final Duration SILENCE = Duration.ofSeconds(15);

	/** What a write can take at most, which never waits; in case it does. */
	private static final Duration WRITE = Duration.ofSeconds(5);

	private final AsyncContext async;

	private final ServletOutputStream out;

	private final ChangeQuery query;

	private final Function<Change, String> render;

	private final Consumer<Viewer> gone;

	private final Queue<byte[]> waiting = new ConcurrentLinkedQueue<>();

	/** Calls to write that are not done; whoever makes it 1 does them. */
	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicBoolean closed = new AtomicBoolean();

	/** Held by whoever calls the server. */
	private final ReentrantLock calling = new ReentrantLock();

	private volatile boolean over;

	private final long begunAt = System.nanoTime();

	private volatile long writtenAt = this.begunAt;

	private volatile boolean begun;

	private volatile boolean unflushed;

	private volatile @Nullable String cursor;

	private volatile boolean more = true;

	Viewer(AsyncContext async, ChangeQuery query, @Nullable String cursor, Function<Change, String> render,
			Consumer<Viewer> gone) throws IOException {
		this.async = async;
		this.out = async.getResponse().getOutputStream();
		this.query = query;
		this.cursor = cursor;
		this.render = render;
		this.gone = gone;
	}

	void begin() {
		this.async.addListener(this);
		this.out.setWriteListener(this);
	}

	ChangeQuery query() {
		return this.query;
	}

	Function<Change, String> render() {
		return this.render;
	}

	@Nullable String cursor() {
		return this.cursor;
	}

	/**
	 * Whether it takes changes now, and there may be some. For the poller.
	 */
	boolean wants(boolean isNew) {
		this.more = this.more || isNew;
		return this.more && this.waiting.isEmpty() && !this.closed.get();
	}

	/**
	 * Goes on from another place. For the poller.
	 */
	void moveTo(@Nullable String next, boolean isMore) {
		this.cursor = next;
		this.more = isMore;
	}

	void send(byte[] event) {
		this.waiting.add(event);
		write();
	}

	/**
	 * Keeps a silent connection open, and cuts one off that takes nothing, or is old.
	 */
	void tend(byte[] keepAlive, Duration stall, Duration lifetime) {
		long now = System.nanoTime();
		long silent = now - this.writtenAt;
		if (now - this.begunAt > lifetime.toNanos() || (!this.waiting.isEmpty() && silent > stall.toNanos())) {
			close();
		}
		else if (this.waiting.isEmpty() && silent > SILENCE.toNanos()) {
			send(keepAlive);
		}
	}

	@Override
	public void onWritePossible() {
		this.begun = true;
		write();
	}

	private void write() {
		if (!this.begun || this.calls.getAndIncrement() > 0) {
			return;
		}
		int done = 1;
		do {
			writeWhatIsTaken();
			done = this.calls.addAndGet(-done);
		}
		while (done > 0);
	}

	private void writeWhatIsTaken() {
		this.calling.lock();
		try {
			while (!this.closed.get() && this.out.isReady()) {
				byte[] next = this.waiting.poll();
				if (next != null) {
					this.out.write(next);
					this.unflushed = true;
					this.writtenAt = System.nanoTime();
				}
				else if (this.unflushed) {
					this.unflushed = false;
					this.out.flush();
				}
				else {
					return;
				}
			}
		}
		catch (IOException ex) {
			// Nobody listens any more, of which the server is about to tell.
			leave();
		}
		catch (IllegalStateException ex) {
			close();
		}
		finally {
			this.calling.unlock();
		}
	}

	void close() {
		if (leave()) {
			complete();
		}
	}

	private boolean leave() {
		if (!this.closed.compareAndSet(false, true)) {
			return false;
		}
		this.waiting.clear();
		this.gone.accept(this);
		return true;
	}

	private void complete() {
		boolean alone = await();
		try {
			if (!this.over) {
				this.async.complete();
			}
		}
		catch (IllegalStateException ex) {
			// The server has done so.
		}
		finally {
			if (alone) {
				this.calling.unlock();
			}
		}
	}

	/**
	 * Waits until nobody else calls the server.
	 * @return whether that is so, and stays so until it is unlocked
	 */
	private boolean await() {
		try {
			return this.calling.tryLock(WRITE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Lets the server go on only when nobody calls it, and nobody will any more.
	 */
	private void end() {
		leave();
		if (await()) {
			this.calling.unlock();
		}
	}

	@Override
	public void onError(Throwable error) {
		end();
		complete();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.over = true;
		end();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		close();
	}

	/**
	 * Completes it even where that has been tried: to one that nobody has completed, the
	 * server would send the application's error page.
	 */
	@Override
	public void onError(AsyncEvent event) {
		end();
		complete();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// Nobody starts it again.
	}

}
