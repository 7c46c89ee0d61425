package io.bemi.benchmarks.context;

import java.util.List;
import java.util.Locale;

/**
 * The ways to audit that are compared.
 */
enum Audit {

	/** No audit. */
	NONE("no audit"),

	/** Bemi: the context in the same flight as COMMIT, rows read from the log. */
	BEMI("Bemi", "bemi.enabled=true", "bemi.ingestion.enabled=false"),

	/** The context in a statement of its own, rows read from the log. */
	STATEMENT("a statement more"),

	/** The context in a comment that a trigger reads, rows read from the log. */
	COMMENT("comment and row trigger",
			"spring.jpa.properties.hibernate.session_factory.statement_inspector=" + ContextComment.class.getName()),

	/** Hibernate Envers: each row once more, in a table beside its own. */
	ENVERS("Envers", "spring.jpa.properties.hibernate.integration.envers.enabled=true"),

	/** JaVers: each row as JSON, compared with the one before. */
	JAVERS("JaVers");

	private final String title;

	private final List<String> properties;

	Audit(String title, String... properties) {
		this.title = title;
		this.properties = List.of(properties);
	}

	String title() {
		return this.title;
	}

	/**
	 * The application's properties that switch it on.
	 */
	List<String> properties() {
		return this.properties;
	}

	/**
	 * The database of this side.
	 */
	String database() {
		return name().toLowerCase(Locale.ROOT);
	}

}
