package io.bemi.replication;

import java.sql.SQLException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReplicationProblems}.
 */
class ReplicationProblemsTests {

	private static final ReplicationSettings SETTINGS = new ReplicationSettings("jdbc:postgresql:x", "u", "p", "bemi_x",
			"bemi");

	@ParameterizedTest
	@CsvSource({ "54000, out of memory, true", "XX000, ERROR: invalid memory alloc request size 1200000003, true",
			"XX000, ERROR: something else, false" })
	void saysWhatTheServerCannotSend(String state, String message, boolean tooLong) {
		ReplicationException problem = ReplicationProblems.translate(new SQLException(message, state), SETTINGS);
		assertThat(problem.getMessage()).contains(message);
		assertThat(String.valueOf(problem.getMessage()).contains("pg_drop_replication_slot('bemi_x')"))
			.isEqualTo(tooLong);
	}

}
