package io.bemi.connection;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StatementKind}.
 */
class StatementKindTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			insert into t values (1)               | WRITE
			INSERT INTO t VALUES (1)               | WRITE
			(update t set a = 1)                   | WRITE
			;; delete from t                       | WRITE
			/* a /* nested */ */ merge into t      | WRITE
			-- select                              | OTHER
			with x as (select 1) select * from x   | WRITE
			truncate t                             | WRITE
			copy t from stdin                      | WRITE
			call p()                               | PROCEDURE
			do $$ begin end $$                     | PROCEDURE
			execute q                              | PROCEDURE
			commit and chain                       | COMMIT
			END                                    | COMMIT
			prepare transaction 'x'                | COMMIT
			savepoint s                            | SAVEPOINT
			rollback to s                          | ROLLBACK
			abort                                  | ROLLBACK
			release savepoint s                    | OTHER
			begin                                  | OTHER
			vacuum                                 | OTHER
			lock table t                           | OTHER
			select 1                               | OTHER
			{call f()}                             | OTHER
			inserted                               | OTHER
			insert_all                             | OTHER
			/* never closed                        | OTHER
			''                                     | OTHER
			""")
	void looksAtTheFirstWord(String sql, StatementKind kind) {
		assertThat(StatementKind.of(sql)).isEqualTo(kind);
	}

	@ParameterizedTest
	@CsvSource({ "'-- note\ninsert into t values (1)', WRITE", "'\t\r\n /**/commit', COMMIT" })
	void skipsCommentsAndBlanks(String sql, StatementKind kind) {
		assertThat(StatementKind.of(sql)).isEqualTo(kind);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			select 1; insert into t values (1)                     | WRITE
			select 1; select 2                                     | OTHER
			select 1;; -- insert                                   | OTHER
			select ';'; insert into t values (1);                  | WRITE
			select 1; call p()                                     | PROCEDURE
			set a = 1; insert into t values (1)                    | OTHER
			insert into t values (1); commit                       | MIXED
			insert into t values (1); select 1                     | WRITE
			begin; insert into t values (1)                        | MIXED
			insert into t values ('; commit')                      | WRITE
			insert into t values ('a''; commit')                   | WRITE
			insert into t values (E'a\\'; commit')                 | WRITE
			insert into t values ($$; commit$$)                    | WRITE
			insert into t values ($a$; commit $$; commit $a$)      | WRITE
			insert into t values ($1); commit; select $1           | MIXED
			insert into "t; commit" values (1)                     | WRITE
			insert into t /* ; commit */ values (1) -- ; commit    | WRITE
			do $$ begin commit; end $$                             | PROCEDURE
			do $$ begin commit; end $$; do $$ begin end $$         | PROCEDURE
			create function f() begin atomic select 1; end         | OTHER
			select '; insert                                       | OTHER
			select $a$; insert                                     | OTHER
			""")
	void looksAtTheFirstWordOfEachStatement(String sql, StatementKind kind) {
		assertThat(StatementKind.of(sql)).isEqualTo(kind);
	}

}
