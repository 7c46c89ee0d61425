package io.bemi.it.surroundings.tenancy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;

import javax.sql.DataSource;

import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.AbstractDataSourceBasedMultiTenantConnectionProviderImpl;
import org.jspecify.annotations.Nullable;

/**
 * A schema of its own for each tenant, in the tenant's database.
 */
final class Tenants extends AbstractDataSourceBasedMultiTenantConnectionProviderImpl<String>
		implements CurrentTenantIdentifierResolver<String> {

	private static final ThreadLocal<@Nullable String> current = new ThreadLocal<>();

	private final DataSource usual;

	private final Map<String, DataSource> own;

	Tenants(DataSource usual, Map<String, DataSource> own) {
		this.usual = usual;
		this.own = own;
	}

	static void run(String tenant, Runnable work) {
		current.set(tenant);
		try {
			work.run();
		}
		finally {
			current.remove();
		}
	}

	@Override
	public String resolveCurrentTenantIdentifier() {
		return Objects.requireNonNullElse(current.get(), "public");
	}

	@Override
	public boolean validateExistingCurrentSessions() {
		return true;
	}

	@Override
	protected DataSource selectAnyDataSource() {
		return this.usual;
	}

	@Override
	protected DataSource selectDataSource(String tenant) {
		return this.own.getOrDefault(tenant, this.usual);
	}

	@Override
	public Connection getConnection(String tenant) throws SQLException {
		Connection connection = super.getConnection(tenant);
		connection.setSchema(tenant);
		return connection;
	}

	@Override
	public void releaseConnection(String tenant, Connection connection) throws SQLException {
		connection.setSchema("public");
		super.releaseConnection(tenant, connection);
	}

}
