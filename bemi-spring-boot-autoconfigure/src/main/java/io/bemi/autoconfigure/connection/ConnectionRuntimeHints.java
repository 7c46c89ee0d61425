package io.bemi.autoconfigure.connection;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;

import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/**
 * The proxies around what the driver gives, whose calls are passed on by reflection.
 */
final class ConnectionRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<Class<?>> PROXIED = List.of(Connection.class, DatabaseMetaData.class, Statement.class,
			PreparedStatement.class, CallableStatement.class, XAConnection.class, XAResource.class);

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (Class<?> type : PROXIED) {
			hints.proxies().registerJdkProxy(type);
			hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		hints.proxies()
			.registerJdkProxy(TypeReference.of(Connection.class),
					TypeReference.of("io.bemi.connection.ConnectionHandler$Carrier"));
	}

}
