package io.bemi.autoconfigure.store;

import java.util.Optional;

import io.bemi.autoconfigure.replication.DatabaseDetails;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.store.StoreSettings;

/**
 * Finds out where the store is: by {@code bemi.store.*}, and for what is not set there
 * the application's own database, else the source.
 */
public final class StoreDetailsResolver {

	private final BemiStoreProperties properties;

	private final SourceDetailsResolver source;

	StoreDetailsResolver(BemiStoreProperties properties, SourceDetailsResolver source) {
		this.properties = properties;
		this.source = source;
	}

	/**
	 * The settings of the store.
	 * @return the settings; empty when nothing tells where it is
	 */
	public Optional<StoreSettings> settings() {
		Optional<DatabaseDetails> application = this.source.application().or(this.source::source);
		String url = this.properties.getUrl();
		if (url == null && application.isEmpty()) {
			return Optional.empty();
		}
		String username = this.properties.getUsername();
		if (username != null) {
			return Optional
				.of(settings((url != null) ? url : application.get().url(), username, this.properties.getPassword()));
		}
		return Optional.of(settings((url != null) ? url : application.get().url(),
				application.map(DatabaseDetails::username).orElse(null),
				application.map(DatabaseDetails::password).orElse(null)));
	}

	private StoreSettings settings(String url, @org.jspecify.annotations.Nullable String username,
			@org.jspecify.annotations.Nullable String password) {
		return new StoreSettings(url, username, password, this.properties.getSchema());
	}

}
