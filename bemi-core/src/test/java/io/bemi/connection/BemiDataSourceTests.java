package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.withSettings;

/**
 * Tests for {@link BemiDataSource}.
 */
class BemiDataSourceTests {

	private final DataSource delegate = mock(DataSource.class);

	private final Connection connection = mock(Connection.class);

	private final BemiDataSource dataSource = new BemiDataSource(this.delegate);

	@BeforeEach
	void setUp() throws SQLException {
		given(this.delegate.getConnection()).willReturn(this.connection);
		given(this.connection.createStatement()).willReturn(mock(Statement.class));
	}

	@Test
	void leavesConnectionsOfOtherDriversAlone() throws SQLException {
		Statement statement = this.connection.createStatement();
		Connection first = this.dataSource.getConnection();
		assertThat(first.createStatement()).isSameAs(statement);
		first.commit();
		verify(this.connection).commit();
		assertThat(this.dataSource.getConnection()).isSameAs(this.connection);
	}

	@Test
	void doesNotTouchConnectionBeforeTheApplicationDoes() throws SQLException {
		Connection lazy = this.dataSource.getConnection();
		lazy.setAutoCommit(false);
		lazy.commit();
		lazy.close();
		verify(this.connection, never()).isWrapperFor(org.mockito.ArgumentMatchers.any());
		verify(this.connection, never()).unwrap(org.mockito.ArgumentMatchers.any());
	}

	@Test
	void throwsWhatTheDriverThrows() throws SQLException {
		SQLException failure = new SQLException("x", "12345");
		willThrow(failure).given(this.connection).setSchema("s");
		assertThatThrownBy(() -> this.dataSource.getConnection().setSchema("s")).isSameAs(failure);
	}

	@Test
	void proxiesOfTheSameConnectionAreEqual() throws SQLException {
		Connection first = this.dataSource.getConnection();
		assertThat(first).isEqualTo(this.dataSource.getConnection())
			.hasSameHashCodeAs(this.connection)
			.hasToString(this.connection.toString())
			.isNotEqualTo(this.connection)
			.isNotEqualTo(null);
	}

	@Test
	void connectionUnwrapsAsTheDelegateDoes() throws SQLException {
		given(this.connection.unwrap(Connection.class)).willReturn(this.connection);
		given(this.connection.isWrapperFor(Connection.class)).willReturn(true);
		assertThat(this.dataSource.getConnection().unwrap(Connection.class)).isSameAs(this.connection);
		assertThat(this.dataSource.getConnection().isWrapperFor(Connection.class)).isTrue();
	}

	@Test
	void connectionIsOnlyAConnectionAsWithAnyPool() throws SQLException {
		given(this.delegate.getConnection())
			.willReturn(mock(Connection.class, withSettings().extraInterfaces(PGConnection.class)));
		assertThat(this.dataSource.getConnection()).isNotInstanceOf(PGConnection.class);
	}

	@Test
	void unwrapsToItselfAndToWhatIsBehind() throws SQLException {
		assertThat(this.dataSource.unwrap(BemiDataSource.class)).isSameAs(this.dataSource);
		assertThat(this.dataSource.unwrap(this.delegate.getClass())).isSameAs(this.delegate);
		assertThat(this.dataSource.isWrapperFor(this.delegate.getClass())).isTrue();
		assertThat(this.dataSource.isWrapperFor(String.class)).isFalse();
	}

	@Test
	void knowsWhatIsWrappedAndWhatIsBehind() {
		DataSource outer = new DelegatingDataSource(this.dataSource);
		assertThat(BemiDataSource.isWrapped(outer)).isTrue();
		assertThat(BemiDataSource.isWrapped(this.delegate)).isFalse();
		assertThat(BemiDataSource.bare(outer)).isSameAs(this.delegate);
		assertThat(BemiDataSource.bare(this.delegate)).isSameAs(this.delegate);
	}

	@Test
	void doesNotProxyConnectionTwice() throws SQLException {
		Connection once = this.dataSource.getConnection();
		given(this.delegate.getConnection()).willReturn(once);
		assertThat(this.dataSource.getConnection()).isSameAs(once);
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesNull() {
		assertThatIllegalArgumentException().isThrownBy(() -> new BemiDataSource(null))
			.withMessage("'delegate' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> BemiDataSource.isWrapped(null))
			.withMessage("'dataSource' must not be null");
	}

}
