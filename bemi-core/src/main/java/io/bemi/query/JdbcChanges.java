package io.bemi.query;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.Assert;

/**
 * Reads the view {@code changes} of a store.
 */
public final class JdbcChanges implements Changes {

	private static final String SELECT = """
			SELECT id, primary_key, "values", metadata, database, schema, "table", operation, committed_at, before,
			       changed, unknown, transaction_id, position, ordinal, source
			  FROM %s.changes
			""";

	private static final String NEWEST_FIRST = " ORDER BY position DESC, ordinal DESC LIMIT ?";

	private static final Pattern ID = Pattern.compile("\\d{4,10}-([0-9A-F]{8})([0-9A-F]{8})-(\\d{10,19})");

	private final JdbcTemplate jdbc;

	private final String select;

	/**
	 * Creates an entry to a store.
	 * @param dataSource connections to the store's database
	 * @param schema the store's schema
	 */
	public JdbcChanges(DataSource dataSource, String schema) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		Assert.hasText(schema, "'schema' must not be empty");
		this.jdbc = new JdbcTemplate(dataSource);
		this.select = SELECT.formatted('"' + schema.replace("\"", "\"\"") + '"');
	}

	@Override
	public ChangeQuery query() {
		return new ChangeQuery(this::list);
	}

	@Override
	public Optional<Change> find(String id) {
		Matcher matcher = ID.matcher(id);
		if (!matcher.matches()) {
			return Optional.empty();
		}
		String position = matcher.group(1) + "/" + matcher.group(2);
		return this.jdbc
			.query(this.select + " WHERE position = ?::pg_lsn AND ordinal = ?::bigint AND id = ?", JdbcChanges::change,
					position, matcher.group(3), id)
			.stream()
			.findFirst();
	}

	private List<Change> list(ChangeQuery query) {
		String where = query.filters()
			.stream()
			.map(Filter::sql)
			.collect(Collectors.joining(" AND ", query.filters().isEmpty() ? "" : " WHERE ", ""));
		List<Object> parameters = new ArrayList<>(query.filters().stream().map(Filter::value).toList());
		parameters.add(query.limit());
		return this.jdbc.query(this.select + where + NEWEST_FIRST, JdbcChanges::change, parameters.toArray());
	}

	private static Change change(ResultSet row, int number) throws SQLException {
		return new Change(row.getString("id"), row.getString("primary_key"), Json.readObject(row.getString("values")),
				Json.readObject(row.getString("before")), strings(row.getArray("changed")),
				strings(row.getArray("unknown")), Json.readObject(row.getString("metadata")), row.getString("database"),
				row.getString("schema"), row.getString("table"), Operation.valueOf(row.getString("operation")),
				row.getObject("committed_at", OffsetDateTime.class).toInstant(), row.getLong("transaction_id"),
				Position.parse(row.getString("position")), row.getLong("ordinal"), row.getString("source"));
	}

	private static List<String> strings(Array array) throws SQLException {
		return List.of((String[]) array.getArray());
	}

}
