package io.bemi.timetravel;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.bemi.query.EntityTables;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * What an application has that reads the past.
 *
 * @param dataSource its data source
 * @param rowSecurity the tables that can be read though they have row-level security, as
 * schema.name; {@code *} stands for all
 * @param participants what must not mix past and present
 * @param entities finds entities; supplies {@code null} where nothing does
 * @param tables where its entities are
 */
public record TravellingApplication(DataSource dataSource, Set<String> rowSecurity,
		Supplier<List<TravelParticipant>> participants, Supplier<@Nullable EntityReader> entities,
		EntityTables tables) {

	public TravellingApplication {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		rowSecurity = Set.copyOf(rowSecurity);
	}

	/**
	 * An application that has a data source and nothing else.
	 * @param dataSource its data source
	 */
	public static TravellingApplication of(DataSource dataSource) {
		return new TravellingApplication(dataSource, Set.of(), List::of, () -> null, EntityTables.NONE);
	}

}
