package io.bemi.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.bemi.store.chain.ChainBreak;
import io.bemi.store.chain.ChainReport;
import io.bemi.store.chain.ChainVerifier;
import io.bemi.testsupport.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store's chain, which two verifiers look at and an attacker who may do everything.
 *
 * @param store the store
 */
public record Chain(TestDatabase store) {

	private static final Path SCRIPT = Path.of("../docs/sql/verify.sql");

	private static final List<String> TABLES = List.of("change", "context", "link", "erased", "relation", "gap",
			"quarantine", "erasure", "dropped_link", "source");

	static StoreSettings settings(TestDatabase store) {
		return new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi", true);
	}

	ChainVerifier verifier() {
		return new ChainVerifier(this.store.dataSource(), "bemi");
	}

	/**
	 * Verifies the only chain in both ways, which have to agree about the first thing
	 * that is wrong.
	 */
	public ChainReport verify() {
		List<ChainReport> reports = verifier().verify();
		assertThat(reports).hasSize(1);
		ChainReport report = reports.get(0);
		List<String> script = script();
		ChainBreak broken = report.broken();
		if (broken == null) {
			assertThat(script).isEmpty();
		}
		else {
			assertThat(script).isNotEmpty();
			assertThat(script.get(0)).isEqualTo(report.source() + "|" + broken.link() + "|" + broken.kind() + "|"
					+ broken.position() + "|" + broken.transactionId());
		}
		return report;
	}

	void verifyIntact() {
		assertThat(verify().broken()).isNull();
	}

	/**
	 * Verifies a chain that is broken.
	 * @param why what was done to it
	 */
	public ChainBreak verifyBroken(String why) {
		ChainBreak broken = verify().broken();
		assertThat(broken).as(why).isNotNull();
		return Objects.requireNonNull(broken);
	}

	/**
	 * What {@code verify.sql} says.
	 */
	List<String> script() {
		List<String> lines = new ArrayList<>();
		try (Connection connection = this.store.connect(); Statement statement = connection.createStatement()) {
			boolean isResult = statement.execute(Files.readString(SCRIPT));
			while (isResult || statement.getUpdateCount() != -1) {
				if (isResult) {
					try (ResultSet row = statement.getResultSet()) {
						while (row.next()) {
							lines.add(String.join("|", row.getString(1), row.getString(2), row.getString(3),
									row.getString(4), row.getString(5)));
						}
					}
				}
				isResult = statement.getMoreResults();
			}
			return lines;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Changes what is stored.
	 */
	void tamper(String... statements) {
		List<String> all = new ArrayList<>(
				List.of("SET session_replication_role = replica; SET search_path = bemi; SET TimeZone = 'UTC'"));
		all.addAll(List.of(statements));
		this.store.execute(all.toArray(String[]::new));
	}

	/**
	 * Keeps the store as it is, to be restored.
	 */
	void keep() {
		this.store.execute("CREATE SCHEMA kept");
		TABLES.forEach((table) -> this.store.execute("CREATE TABLE kept.%1$s AS TABLE bemi.%1$s".formatted(table)));
	}

	void restore() {
		TABLES.forEach((table) -> tamper("DELETE FROM " + table,
				"INSERT INTO %1$s OVERRIDING SYSTEM VALUE SELECT * FROM kept.%1$s".formatted(table)));
	}

	/**
	 * What makes a value of a column another.
	 */
	static String other(String column, String type) {
		String quoted = '"' + column + '"';
		return switch (type) {
			case "bytea" ->
				"set_byte(coalesce(%1$s, '\\x00'), 0, get_byte(coalesce(%1$s, '\\x00'), 0) # 1)".formatted(quoted);
			case "timestamp with time zone" -> quoted + " + interval '1 microsecond'";
			case "integer", "bigint" -> "coalesce(" + quoted + ", 0) + 1";
			case "pg_lsn" -> quoted + " + 1::numeric";
			case "\"char\"" -> "'Z'";
			case "text" -> "coalesce(" + quoted + ", '') || 'x'";
			case "jsonb" -> "coalesce(" + quoted + ", '{}') || '{\"x\": 1}'";
			case "ARRAY" -> quoted + " || '{x}'::text[]";
			default -> throw new IllegalArgumentException(type);
		};
	}

}
