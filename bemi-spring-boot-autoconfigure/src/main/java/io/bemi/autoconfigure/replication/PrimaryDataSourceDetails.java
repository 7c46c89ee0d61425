package io.bemi.autoconfigure.replication;

import java.lang.reflect.Method;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.common.BaseDataSource;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * What a DataSource tells of its URL and role: HikariCP and the driver's own say it,
 * whatever wraps them; else Spring Boot's connection details.
 */
final class PrimaryDataSourceDetails {

	/** The interface moved between Spring Boot 3.5 and 4.0. */
	static final List<String> CONNECTION_DETAILS = List.of(
			"org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails",
			"org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails");

	private static final boolean HIKARI = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			PrimaryDataSourceDetails.class.getClassLoader());

	private PrimaryDataSourceDetails() {
	}

	static Optional<DatabaseDetails> of(DataSource dataSource, ListableBeanFactory beanFactory) {
		DatabaseDetails details = HIKARI ? Hikari.details(dataSource) : null;
		if (details == null) {
			details = driver(dataSource);
		}
		return Optional.ofNullable((details != null) ? details : connectionDetails(beanFactory));
	}

	private static @Nullable DatabaseDetails driver(DataSource dataSource) {
		BaseDataSource driver = unwrap(dataSource, BaseDataSource.class);
		return (driver != null) ? details(driver.getUrl(), driver.getUser(), driver.getPassword()) : null;
	}

	private static @Nullable DatabaseDetails connectionDetails(ListableBeanFactory beanFactory) {
		for (String name : CONNECTION_DETAILS) {
			Class<?> type = ClassUtils.isPresent(name, beanFactory.getClass().getClassLoader())
					? ClassUtils.resolveClassName(name, beanFactory.getClass().getClassLoader()) : null;
			Object bean = (type != null) ? beanFactory.getBeanProvider(type).getIfUnique() : null;
			if (bean != null && type != null) {
				return details(ask(type, "getJdbcUrl", bean), ask(type, "getUsername", bean),
						ask(type, "getPassword", bean));
			}
		}
		return null;
	}

	private static @Nullable String ask(Class<?> type, String getter, Object bean) {
		Method method = ReflectionUtils.findMethod(type, getter);
		return (method != null) ? (String) ReflectionUtils.invokeMethod(method, bean) : null;
	}

	private static @Nullable DatabaseDetails details(@Nullable String url, @Nullable String username,
			@Nullable String password) {
		return (url != null) ? new DatabaseDetails(url, username, password) : null;
	}

	/**
	 * What the pool tells the driver about encryption counts for everybody.
	 */
	private static @Nullable String withTls(@Nullable String url, Properties properties) {
		String result = url;
		for (String name : properties.stringPropertyNames()) {
			if (result != null && name.startsWith("ssl") && !result.contains(name + "=")) {
				result += (result.contains("?") ? "&" : "?") + name + "="
						+ URLEncoder.encode(properties.getProperty(name), StandardCharsets.UTF_8);
			}
		}
		return result;
	}

	private static <T> @Nullable T unwrap(DataSource dataSource, Class<T> type) {
		if (type.isInstance(dataSource)) {
			return type.cast(dataSource);
		}
		try {
			return dataSource.isWrapperFor(type) ? dataSource.unwrap(type) : null;
		}
		catch (SQLException ex) {
			return null;
		}
	}

	/**
	 * In a class of its own, because HikariCP is optional.
	 */
	private static final class Hikari {

		static @Nullable DatabaseDetails details(DataSource dataSource) {
			HikariDataSource pool = unwrap(dataSource, HikariDataSource.class);
			return (pool != null)
					? PrimaryDataSourceDetails.details(withTls(pool.getJdbcUrl(), pool.getDataSourceProperties()),
							pool.getUsername(), pool.getPassword())
					: null;
		}

	}

}
