package io.bemi.it.support;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.bemi.context.BemiContext;

/**
 * Many writers at once, each row under the context of a user of its own choice.
 */
public final class Load {

	private static final List<String> USERS = List.of("alice", "bob", "carol");

	private Load() {
	}

	/**
	 * Writes rows 1 to {@code count} and waits for the last.
	 * @param threads how many write at once
	 * @param count how many rows
	 * @param writer inserts the row of an id
	 * @return who wrote each row, by id
	 */
	public static Map<String, String> run(int threads, int count, Writer writer) {
		Map<String, String> expected = new LinkedHashMap<>();
		List<Future<?>> writes = new ArrayList<>();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			for (int i = 1; i <= count; i++) {
				int id = i;
				String user = USERS.get(i % USERS.size());
				expected.put(String.valueOf(id), user);
				writes.add(executor.submit(() -> BemiContext.run(Map.of("user", user), () -> writer.insert(id))));
			}
			for (Future<?> write : writes) {
				write.get();
			}
			return expected;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * Inserts one row.
	 */
	@FunctionalInterface
	public interface Writer {

		void insert(int id);

	}

}
