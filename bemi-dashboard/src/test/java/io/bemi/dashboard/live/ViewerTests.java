package io.bemi.dashboard.live;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import io.bemi.query.ChangeQuery;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;

class ViewerTests {

	private static final Duration LONG = Duration.ofHours(1);

	private final AsyncContext async = Mockito.mock(AsyncContext.class);

	private final Connection out = new Connection();

	private final List<Viewer> gone = new ArrayList<>();

	private Viewer viewer;

	@BeforeEach
	void connect() throws Exception {
		ServletResponse response = Mockito.mock(ServletResponse.class);
		Mockito.when(this.async.getResponse()).thenReturn(response);
		Mockito.when(response.getOutputStream()).thenReturn(this.out);
		this.viewer = new Viewer(this.async, Mockito.mock(ChangeQuery.class), null, (change) -> "", this.gone::add);
		this.viewer.begin();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Test
	void writesWhileTheConnectionTakesIt() {
		this.viewer.send(bytes("a"));
		assertThat(this.out.written).isEmpty();
		this.viewer.onWritePossible();
		this.viewer.send(bytes("b"));
		assertThat(this.out.written.toString()).isEqualTo("ab");
		assertThat(this.viewer.wants(true)).isTrue();
	}

	@Test
	void waitsWhileItDoesNotAndTakesNoMore() {
		this.viewer.onWritePossible();
		this.out.takes = 1;
		this.viewer.send(bytes("a"));
		this.viewer.send(bytes("b"));
		assertThat(this.out.written.toString()).isEqualTo("a");
		assertThat(this.viewer.wants(true)).isFalse();
		this.out.takes = 10;
		this.viewer.onWritePossible();
		assertThat(this.out.written.toString()).isEqualTo("ab");
		assertThat(this.viewer.wants(false)).isTrue();
	}

	@Test
	void oneThatTakesNothingIsCutOff() throws Exception {
		this.viewer.onWritePossible();
		this.out.takes = 0;
		this.viewer.send(bytes("a"));
		this.viewer.tend(bytes("."), LONG, LONG);
		assertThat(this.gone).isEmpty();
		this.viewer.tend(bytes("."), Duration.ZERO, LONG);
		assertThat(this.gone).containsExactly(this.viewer);
		Mockito.verify(this.async).complete();
		assertThat(this.viewer.wants(true)).isFalse();
	}

	@Test
	void oneThatIsOldIsCutOffOnce() {
		this.viewer.tend(bytes("."), LONG, Duration.ZERO);
		this.viewer.tend(bytes("."), LONG, Duration.ZERO);
		Mockito.verify(this.async).complete();
	}

	@Test
	void theServerIsAnsweredWhenItFailsAfterTheEnd() {
		Mockito.doThrow(new IllegalStateException("Not now")).doNothing().when(this.async).complete();
		this.viewer.tend(bytes("."), LONG, Duration.ZERO);
		this.viewer.onError(new AsyncEvent(this.async, new IOException("Broken pipe")));
		Mockito.verify(this.async, Mockito.times(2)).complete();
		assertThat(this.gone).containsExactly(this.viewer);
	}

	@Test
	void theServerEndsWhatItCannotWrite() {
		this.viewer.onWritePossible();
		this.out.broken = new IOException("Broken pipe");
		this.viewer.send(bytes("a"));
		assertThat(this.gone).containsExactly(this.viewer);
		Mockito.verify(this.async, Mockito.never()).complete();
		this.viewer.onError(this.out.broken);
		Mockito.verify(this.async).complete();
	}

	@Test
	void nothingIsCompletedThatIsOver() {
		this.viewer.onComplete(new AsyncEvent(this.async));
		this.viewer.close();
		Mockito.verify(this.async, Mockito.never()).complete();
		assertThat(this.gone).containsExactly(this.viewer);
	}

	@Test
	void theServerWaitsUntilNobodyWrites() throws Exception {
		this.viewer.onWritePossible();
		CountDownLatch writes = new CountDownLatch(1);
		CountDownLatch goesOn = new CountDownLatch(1);
		this.out.before = () -> {
			writes.countDown();
			goesOn.await();
			return null;
		};
		Thread writer = new Thread(() -> this.viewer.send(bytes("a")), "writer");
		writer.start();
		writes.await();
		Thread server = new Thread(() -> this.viewer.onComplete(new AsyncEvent(this.async)), "server");
		server.start();
		Awaitility.await().until(server::getState, Thread.State.TIMED_WAITING::equals);
		goesOn.countDown();
		server.join();
		writer.join();
		this.viewer.send(bytes("b"));
		assertThat(this.out.written.toString()).isEqualTo("a");
	}

	private static final class Connection extends ServletOutputStream {

		private final StringBuilder written = new StringBuilder();

		private int takes = Integer.MAX_VALUE;

		private @Nullable IOException broken;

		private Callable<@Nullable Void> before = () -> null;

		@Override
		public boolean isReady() {
			return this.takes > 0;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			// The test is the server.
		}

		@Override
		public void write(int b) throws IOException {
			try {
				this.before.call();
			}
			catch (Exception ex) {
				throw new IOException(ex);
			}
			if (this.broken != null) {
				throw this.broken;
			}
			this.takes--;
			this.written.append((char) b);
		}

	}

}
