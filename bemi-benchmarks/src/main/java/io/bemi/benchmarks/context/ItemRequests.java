package io.bemi.benchmarks.context;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextProvider;
import io.bemi.context.ContextWriter;
import io.bemi.context.RequestContext;
import io.bemi.context.RequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Requests of one transaction each: rows are loaded by their keys, one column of each is
 * changed, COMMIT. Ways that carry a context have one of about 200 bytes, and a new one
 * for each request.
 */
final class ItemRequests {

	static final int ITEMS = 500;

	private static final ContextProvider PROVIDER = (request) -> Map.of("userId", "alice@example.com", "tenant",
			"tenant 4711", "session", "f2b7c1d0-5f0e");

	private static final String EMIT = "SELECT pg_catalog.pg_logical_emit_message(true, '_bemi', ?)::text";

	private final HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
			ItemRequests.class.getClassLoader(), new Class<?>[] { HttpServletRequest.class },
			(proxy, method, arguments) -> switch (method.getName()) {
				case "getMethod" -> "PUT";
				case "getRequestURI" -> "/items";
				default -> null;
			});

	private final Random random = new Random(1);

	private final Audit audit;

	private final ContextWriter writer;

	private final Items items;

	private final TransactionTemplate transactions;

	private final JdbcTemplate jdbc;

	ItemRequests(Audit audit, ApplicationContext application) {
		this.audit = audit;
		this.writer = application.getBeanProvider(ContextWriter.class).getIfAvailable(ContextWriter::new);
		this.items = application.getBean(Items.class);
		this.transactions = new TransactionTemplate(application.getBean(PlatformTransactionManager.class));
		this.jdbc = application.getBean(JdbcTemplate.class);
	}

	/**
	 * Makes the rows, through the way to audit.
	 */
	void fill() {
		for (long from = 1; from <= ITEMS; from += 50) {
			List<Item> made = LongStream.range(from, Math.min(from + 50, ITEMS + 1)).mapToObj(Item::new).toList();
			this.transactions.executeWithoutResult((status) -> this.items.saveAll(made));
		}
	}

	void commitSynchronously(boolean synchronous) {
		this.jdbc.execute("SET synchronous_commit = " + (synchronous ? "on" : "off"));
	}

	/**
	 * One request.
	 */
	void run(int rows) {
		switch (this.audit) {
			case BEMI -> {
				try (BemiContext.Scope scope = context().open(this.request)) {
					transact(rows);
				}
			}
			case COMMENT -> ContextComment.during(json(), () -> transact(rows));
			default -> transact(rows);
		}
	}

	/**
	 * As Bemi's filter does.
	 */
	private RequestContext context() {
		return new RequestContext(List.of(PROVIDER), RequestDetails.SERVLET, this.writer);
	}

	private static String json() {
		return "{\"user\":\"alice@example.com\",\"userId\":\"alice@example.com\",\"tenant\":\"tenant 4711\","
				+ "\"session\":\"f2b7c1d0-5f0e\",\"endpoint\":\"PUT /items\",\"requestId\":\"" + UUID.randomUUID()
				+ "\"}";
	}

	private void transact(int rows) {
		long first = 1 + this.random.nextInt(ITEMS - rows + 1);
		this.transactions.executeWithoutResult((status) -> {
			if (this.audit == Audit.STATEMENT) {
				this.jdbc.queryForObject(EMIT, String.class, json());
			}
			if (rows == 1) {
				Item item = this.items.findById(first).orElseThrow();
				item.restock();
				this.items.save(item);
			}
			else {
				List<Item> loaded = this.items.findAllById(LongStream.range(first, first + rows).boxed().toList());
				loaded.forEach(Item::restock);
				this.items.saveAll(loaded);
			}
		});
	}

}
