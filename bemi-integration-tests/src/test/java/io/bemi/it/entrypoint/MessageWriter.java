package io.bemi.it.entrypoint;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.bemi.context.ContextSnapshot;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writes a row for each message, with the name of the thread in its key, and sees what is
 * left on a thread after a message.
 */
class MessageWriter {

	private final List<ContextSnapshot> left = new CopyOnWriteArrayList<>();

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	MessageWriter(JdbcClient jdbc, PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	static void createTable(TestDatabase database) {
		database.execute("CREATE TABLE message (id text, thread text, PRIMARY KEY (id))");
	}

	/** Within the transaction that is there, if there is one. */
	void write(String key) {
		this.jdbc.sql("INSERT INTO message VALUES (?, ?)").param(key).param(Thread.currentThread().getName()).update();
	}

	/** Also if what surrounds it is rolled back. */
	void writeApart(String key) {
		this.transaction.executeWithoutResult((status) -> write(key));
	}

	/** To be called on a thread that has just handled a message. */
	void lookAround() {
		this.left.add(ContextSnapshot.current());
	}

	/**
	 * That nothing was left on a thread, as often as it has been looked for: which may be
	 * after what a message wrote is recorded.
	 */
	void assertNothingLeft(int times) {
		Awaitility.await().untilAsserted(() -> assertThat(this.left).hasSizeGreaterThanOrEqualTo(times));
		assertThat(this.left).allSatisfy((context) -> assertThat(context).isSameAs(ContextSnapshot.NONE));
	}

	/**
	 * The whole context of each row.
	 */
	static Map<String, Map<String, Object>> contexts(TestDatabase database, int rows) {
		return contexts(database, "", rows);
	}

	/**
	 * The whole context of each row whose key begins so.
	 */
	static Map<String, Map<String, Object>> contexts(TestDatabase database, String prefix, int rows) {
		Awaitility.await().untilAsserted(() -> assertThat(find(database, prefix)).hasSize(rows));
		return find(database, prefix);
	}

	private static Map<String, Map<String, Object>> find(TestDatabase database, String prefix) {
		return Recorded.find(database, "message")
			.stream()
			.filter((change) -> change.key().startsWith(prefix))
			.collect(Collectors.toMap(Recorded::key, Recorded::context));
	}

	/**
	 * A context of which only the entry point is known.
	 */
	static Map<String, Object> context(String entryPoint, String method) {
		return Map.of("_bemi", Map.of("entryPoint", entryPoint, "method", method));
	}

	/**
	 * The threads on which the rows were written whose keys begin so.
	 */
	static List<String> threads(TestDatabase database, String prefix) {
		return database.query("SELECT DISTINCT thread FROM message WHERE id LIKE '" + prefix + "%'");
	}

}
