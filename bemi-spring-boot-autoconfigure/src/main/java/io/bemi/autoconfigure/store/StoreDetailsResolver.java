package io.bemi.autoconfigure.store;

import java.util.Optional;

import io.bemi.autoconfigure.replication.DatabaseDetails;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.StoreSettings;

/**
 * Finds out where the store is: by {@code bemi.store.*}, and for what is not set there in
 * the source's database, with the application's role.
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
		// The source's URL leads around a pooler, the role is the one that may write.
		String url = (this.properties.getUrl() != null) ? this.properties.getUrl()
				: this.source.source().map(DatabaseDetails::url).orElse(null);
		if (url == null) {
			return Optional.empty();
		}
		String username = this.properties.getUsername();
		if (username != null) {
			return Optional.of(settings(url, username, this.properties.getPassword()));
		}
		Optional<DatabaseDetails> application = this.source.application().or(this.source::source);
		return Optional.of(settings(url, application.map(DatabaseDetails::username).orElse(null),
				application.map(DatabaseDetails::password).orElse(null)));
	}

	/**
	 * How long the history is kept.
	 * @return what {@code bemi.store.retention.*} says
	 * @throws IllegalArgumentException when that cannot be understood
	 */
	public RetentionSettings retention() {
		return this.properties.getRetention().settings();
	}

	private StoreSettings settings(String url, @org.jspecify.annotations.Nullable String username,
			@org.jspecify.annotations.Nullable String password) {
		return new StoreSettings(url, username, password, this.properties.getSchema(),
				this.properties.isTamperEvidence());
	}

}
