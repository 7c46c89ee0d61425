package io.bemi.autoconfigure.connection;

import java.util.ArrayList;
import java.util.List;

import io.bemi.connection.Autocommit;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How the context travels with the application's connections.
 */
@ConfigurationProperties("bemi.connection")
public class BemiConnectionProperties {

	/**
	 * Names of the DataSource beans to leave alone.
	 */
	private List<String> exclude = new ArrayList<>();

	/**
	 * What happens to a write outside of any transaction: it is wrapped in one, so that
	 * it can carry its context, or left as it is, without a context (for PgBouncer's
	 * statement mode).
	 */
	private Autocommit autocommit = Autocommit.WRAP;

	public List<String> getExclude() {
		return this.exclude;
	}

	public void setExclude(List<String> exclude) {
		this.exclude = exclude;
	}

	public Autocommit getAutocommit() {
		return this.autocommit;
	}

	public void setAutocommit(Autocommit autocommit) {
		this.autocommit = autocommit;
	}

}
