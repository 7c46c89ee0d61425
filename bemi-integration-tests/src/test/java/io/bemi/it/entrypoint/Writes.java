package io.bemi.it.entrypoint;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes in each {@link Way}, in a transaction of its own.
 */
@Component
class Writes {

	private final WrittenRepository repository;

	private final JdbcClient jdbc;

	private final JdbcTemplate template;

	private final TransactionTemplate transaction;

	private final TransactionTemplate noTransaction;

	Writes(WrittenRepository repository, JdbcClient jdbc, JdbcTemplate template,
			PlatformTransactionManager transactionManager) {
		this.repository = repository;
		this.jdbc = jdbc;
		this.template = template;
		this.transaction = new TransactionTemplate(transactionManager);
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.noTransaction = new TransactionTemplate(transactionManager);
		this.noTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
	}

	void write(Entry entry) {
		String key = entry.key();
		switch (entry.way()) {
			case JPA -> this.transaction.executeWithoutResult((status) -> this.repository.save(new Written(key)));
			case JDBC_CLIENT -> this.transaction.executeWithoutResult((status) -> insert(key));
			case BATCH -> this.transaction
				.executeWithoutResult((status) -> this.template.batchUpdate("INSERT INTO written VALUES (?)",
						List.of(new Object[] { key }, new Object[] { key + "/2" })));
			case AUTOCOMMIT -> this.noTransaction.executeWithoutResult((status) -> insert(key));
		}
	}

	private void insert(String key) {
		this.jdbc.sql("INSERT INTO written VALUES (?)").param(key).update();
	}

}
