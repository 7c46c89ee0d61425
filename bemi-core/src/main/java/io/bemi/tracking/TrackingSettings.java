package io.bemi.tracking;

import java.util.List;

import org.springframework.util.Assert;

/**
 * What one application wants tracked. Several applications may share a database: a table
 * is tracked as long as one of them wants it.
 *
 * @param owner name of the application, under which its wishes are kept in the database
 * @param include patterns of tables to track: {@code schema.table}, or {@code table} in
 * any schema, with {@code *} for any text
 * @param exclude patterns of tables not to track, which win
 * @param publication name of the publication
 * @param sqlComments whether the comment at the end of a statement counts as context. A
 * table has it as soon as one application that wants the table wants that
 * @param skipRoles roles that may say that what they write is not recorded
 */
public record TrackingSettings(String owner, List<String> include, List<String> exclude, String publication,
		boolean sqlComments, List<String> skipRoles) {

	/** The publication unless another one is named. */
	public static final String DEFAULT_PUBLICATION = "bemi";

	public TrackingSettings {
		Assert.hasText(owner, "'owner' must not be empty");
		Assert.hasText(publication, "'publication' must not be empty");
		include = List.copyOf(include);
		exclude = List.copyOf(exclude);
		skipRoles = List.copyOf(skipRoles);
	}

	/**
	 * Settings by which everything is recorded that is written.
	 * @param owner name of the application
	 * @param include patterns of tables to track
	 * @param exclude patterns of tables not to track
	 * @param publication name of the publication
	 * @param sqlComments whether the comment at the end of a statement counts as context
	 */
	public TrackingSettings(String owner, List<String> include, List<String> exclude, String publication,
			boolean sqlComments) {
		this(owner, include, exclude, publication, sqlComments, List.of());
	}

	/**
	 * Settings without SQL comments.
	 * @param owner name of the application
	 * @param include patterns of tables to track
	 * @param exclude patterns of tables not to track
	 * @param publication name of the publication
	 */
	public TrackingSettings(String owner, List<String> include, List<String> exclude, String publication) {
		this(owner, include, exclude, publication, false);
	}

	/**
	 * All tables, in the default publication.
	 * @param owner name of the application
	 * @return the settings
	 */
	public static TrackingSettings everything(String owner) {
		return new TrackingSettings(owner, List.of("*"), List.of(), DEFAULT_PUBLICATION);
	}

}
