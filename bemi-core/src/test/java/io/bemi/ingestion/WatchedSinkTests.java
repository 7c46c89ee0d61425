package io.bemi.ingestion;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgType;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link WatchedSink}.
 */
class WatchedSinkTests {

	private static final SinkSource SOURCE = new SinkSource(1, new Position(1), 1);

	private static final Instant COMMITTED = Instant.parse("2026-01-01T00:00:00Z");

	private static final TrackedRelation TABLE = TrackedRelation.of(
			new ChosenColumns(new Relation(1, "public", "todo", 'd', List.of()), ColumnRules.NONE), Position.ZERO,
			List.of(), new RowReader.Catalog() {

				@Override
				public @Nullable PrimaryKey primaryKey(int oid) {
					return null;
				}

				@Override
				public PgType type(int oid) {
					return new PgType.Base();
				}

			});

	private final List<String> calls = new ArrayList<>();

	private final List<String> told = new ArrayList<>();

	private String failing = "none";

	private final WatchedSink sink = new WatchedSink(proxy(ChangeSink.class), new IngestionListener() {

		@Override
		public Stage storing() {
			return stage("store");
		}

		@Override
		public Stage copying(String table) {
			return stage("copy " + table);
		}

	});

	private IngestionListener.Stage stage(String name) {
		return new IngestionListener.Stage() {

			@Override
			public void completed(long rows, Duration busy) {
				WatchedSinkTests.this.told.add(name + " " + rows);
			}

			@Override
			public void failed(RuntimeException ex) {
				WatchedSinkTests.this.told.add(name + " failed: " + ex.getMessage());
			}

		};
	}

	@SuppressWarnings("unchecked")
	private <T> T proxy(Class<T> type) {
		return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> {
					this.calls.add(method.getName());
					if (method.getName().equals(this.failing)) {
						throw new SinkException("The store is away", null);
					}
					Class<?> returned = method.getReturnType();
					return (returned == SinkWrite.class) ? proxy(SinkWrite.class)
							: (returned == boolean.class) ? Boolean.TRUE : (returned == Map.class) ? Map.of() : null;
				});
	}

	private static RowChange change(long position) {
		return new RowChange(new SourceTransaction(new Position(position), COMMITTED.plusSeconds(position), position),
				0, 0, TABLE, RowOperation.CREATE, "1", null, null, null);
	}

	@Test
	void passesEverythingOn() {
		for (Class<?> watched : List.of(WatchedSink.class, WatchedWrite.class)) {
			Class<?> watches = watched.getInterfaces()[0];
			assertThat(Stream.of(watches.getMethods())
				.filter((method) -> !Modifier.isStatic(method.getModifiers()))
				.filter((method) -> !declares(watched, method))).as("methods of %s", watches).isEmpty();
		}
		this.sink.holds(SOURCE, change(1).transaction());
		this.sink.endsWithTransaction(SOURCE);
		this.sink.primaryKeys(SOURCE);
		this.sink.quarantine();
		this.sink.lastGap();
		this.sink.baselines(SOURCE);
		this.sink.close();
		assertThat(this.calls).containsExactly("holds", "endsWithTransaction", "primaryKeys", "quarantine", "lastGap",
				"baselines", "close");
	}

	private static boolean declares(Class<?> type, Method method) {
		return Stream.of(type.getDeclaredMethods())
			.anyMatch((declared) -> declared.getName().equals(method.getName())
					&& List.of(declared.getParameterTypes()).equals(List.of(method.getParameterTypes())));
	}

	@Test
	void countsWhatIsCommitted() {
		try (SinkWrite write = this.sink.begin(SOURCE, new Position(3))) {
			write.append(List.of(change(2), change(2), change(3)));
			write.append(List.of(change(3)));
			assertThat(this.sink.progress().changes()).isZero();
			write.commit();
		}
		assertThat(this.sink.progress()).isEqualTo(new IngestionProgress(0, 2, 4, COMMITTED.plusSeconds(3)));
		assertThat(this.told).containsExactly("store 4");
		assertThat(this.calls).containsExactly("begin", "append", "append", "commit", "close");
	}

	@Test
	void rowsOfABaselineAreNoChanges() {
		PendingBaseline baseline = new PendingBaseline(1, 1, "public", "todo", null, 0);
		try (SinkWrite write = this.sink.begin(SOURCE, new Position(3))) {
			write.append(new BaselineChunk(baseline, List.of(), 7, List.of(), true, null, true));
			write.commit();
		}
		assertThat(this.sink.progress()).isEqualTo(IngestionProgress.NONE);
		assertThat(this.told).containsExactly("copy public.todo 7", "store 7");
	}

	@Test
	void tellsOnceThatAWriteHasFailed() {
		for (String method : List.of("begin", "append", "commit")) {
			this.failing = method;
			assertThatThrownBy(() -> {
				try (SinkWrite write = this.sink.begin(SOURCE, new Position(3))) {
					write.append(List.of(change(2)));
					write.commit();
				}
			}).isInstanceOf(SinkException.class);
		}
		this.failing = "none";
		this.sink.begin(SOURCE, new Position(3)).close();
		assertThat(this.told).containsExactly("store failed: The store is away", "store failed: The store is away",
				"store failed: The store is away", "store failed: What was written is not committed");
		assertThat(this.sink.progress()).isEqualTo(IngestionProgress.NONE);
	}

}
