package io.bemi.autoconfigure.replication;

import java.util.Optional;
import java.util.Properties;

import javax.sql.DataSource;

import io.bemi.replication.ReplicationSettings;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Finds out how to reach the source: by {@code bemi.replication.*}, and for what is not
 * set there by the primary DataSource. Asked when ingestion starts, not before, so that
 * it creates no bean earlier than the application would.
 */
public final class SourceDetailsResolver {

	private final BemiReplicationProperties properties;

	private final ObjectProvider<DataSource> dataSources;

	private final ListableBeanFactory beanFactory;

	SourceDetailsResolver(BemiReplicationProperties properties, ObjectProvider<DataSource> dataSources,
			ListableBeanFactory beanFactory) {
		this.properties = properties;
		this.dataSources = dataSources;
		this.beanFactory = beanFactory;
	}

	/**
	 * How the application reaches its primary database.
	 * @return the details; empty when there is no primary DataSource, it does not tell,
	 * or it is not PostgreSQL
	 */
	public Optional<DatabaseDetails> application() {
		DataSource dataSource = this.dataSources.getIfUnique();
		if (dataSource == null) {
			return Optional.empty();
		}
		return PrimaryDataSourceDetails.of(dataSource, this.beanFactory).filter(DatabaseDetails::isPostgres);
	}

	/**
	 * How to reach the source.
	 * @return the details; empty when nothing tells
	 */
	public Optional<DatabaseDetails> source() {
		DatabaseDetails application = application().orElse(null);
		String url = this.properties.getUrl();
		if (url == null) {
			if (application == null) {
				return Optional.empty();
			}
			url = application.url();
		}
		String username = this.properties.getUsername();
		if (username != null) {
			return Optional.of(new DatabaseDetails(url, username, this.properties.getPassword()));
		}
		return Optional.of(new DatabaseDetails(url, (application != null) ? application.username() : null,
				(application != null) ? application.password() : null));
	}

	/**
	 * The settings of the stream.
	 * @return the settings; empty when nothing tells where the source is
	 */
	public Optional<ReplicationSettings> settings() {
		return source().map((details) -> new ReplicationSettings(details.url(), details.username(), details.password(),
				slot(details), this.properties.getPublication()));
	}

	private String slot(DatabaseDetails details) {
		String slot = this.properties.getSlot();
		return (slot != null) ? slot : ReplicationSettings.slotOf(database(details));
	}

	private static String database(DatabaseDetails details) {
		Properties parsed = Driver.parseURL(details.url(), null);
		String database = (parsed != null) ? PGProperty.PG_DBNAME.getOrDefault(parsed) : null;
		return (database != null) ? database : orPostgres(details.username());
	}

	private static String orPostgres(@Nullable String username) {
		return (username != null) ? username : "postgres";
	}

}
