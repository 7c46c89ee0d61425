package io.bemi.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.bemi.change.Change;
import io.bemi.connection.BemiDataSource;
import io.bemi.connection.ReadScope;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Answers questions by SQL.
 */
final class JdbcReader implements ChangeReader {

	private static final String KEY_COLUMNS = """
			SELECT k.c ->> 'name' FROM jsonb_array_elements((
			       SELECT columns FROM %s.relation WHERE name = ? AND schema = coalesce(?, schema) ORDER BY id DESC LIMIT 1))
			       WITH ORDINALITY AS k (c, n)
			 WHERE coalesce((k.c ->> 'key')::boolean, (k.c ->> 'primary')::boolean, false) ORDER BY k.n
			""";

	/** As many counts as anybody can look at, and memory holds. */
	private static final int MAX_COUNTS = 100_000;

	private final DataSource dataSource;

	private final QuerySettings settings;

	private final EntityTables entities;

	JdbcReader(DataSource dataSource, QuerySettings settings, EntityTables entities) {
		this.dataSource = dataSource;
		this.settings = settings;
		this.entities = entities;
	}

	/**
	 * The history is what it is now, even where the past is read: there it is asked on a
	 * connection of its own.
	 */
	private DataSource dataSource() {
		return (ReadScope.current() != null) ? BemiDataSource.bare(this.dataSource) : this.dataSource;
	}

	private JdbcTemplate jdbc() {
		JdbcTemplate jdbc = new JdbcTemplate(dataSource());
		if (!this.settings.timeout().isZero()) {
			jdbc.setQueryTimeout(this.settings.timeoutSeconds());
		}
		return jdbc;
	}

	StoreState state() {
		return new StoreState(jdbc(), this.settings.quotedSchema());
	}

	@Override
	public EntityTables entities() {
		return this.entities;
	}

	@Override
	public List<String> keyColumns(EntityTable table) {
		return jdbc().queryForList(KEY_COLUMNS.formatted(this.settings.quotedSchema()), String.class,
				table.names().get(0), table.schema());
	}

	@Override
	public List<Change> list(ChangeQuery query, int limit) {
		return list(query.conditions(), query.order(), limit);
	}

	List<Change> list(List<Condition> conditions, Order order, int limit) {
		QueryProblems.check(conditions);
		return search(conditions).find(conditions, order, limit);
	}

	/**
	 * Takes no longer for all of its statements than a question may take.
	 */
	private ChangeSearch search(List<Condition> conditions) {
		Duration timeout = this.settings.timeout();
		Instant deadline = Instant.now().plus(timeout);
		Statements statements = new Statements() {
			@Override
			public <T> List<T> query(Sql sql, RowMapper<T> mapper) {
				if (!timeout.isZero() && Instant.now().isAfter(deadline)) {
					throw QueryProblems.slow(conditions, timeout, null);
				}
				return JdbcReader.this.query(conditions, sql, mapper);
			}
		};
		return new ChangeSearch(statements, this.settings);
	}

	@Override
	public long count(ChangeQuery query) {
		List<Condition> conditions = query.conditions();
		return query(conditions, Sql.count(this.settings, conditions), (row, number) -> row.getLong(1)).get(0);
	}

	@Override
	public List<Count> counts(ChangeQuery query, Bucket bucket, ZoneId zone, Grouping grouping) {
		List<Condition> conditions = query.conditions();
		List<Count> counts = query(conditions,
				Sql.counts(this.settings, conditions, bucket, name(zone), grouping, MAX_COUNTS + 1),
				(row, number) -> new Count(row.getObject(1, OffsetDateTime.class).toInstant(), row.getString(2),
						json(row.getString(3)), row.getLong(4)));
		if (counts.size() > MAX_COUNTS) {
			throw new BroadQueryException("There are more than " + MAX_COUNTS
					+ " counts: count over longer spans, in a shorter time range, or group by something else");
		}
		return counts;
	}

	@Override
	public List<Top> top(ChangeQuery query, Grouping grouping, int limit) {
		List<Condition> conditions = query.conditions();
		return query(conditions, Sql.top(this.settings, conditions, grouping, limit),
				(row, number) -> new Top(row.getString(1), json(row.getString(2)), row.getLong(3)));
	}

	private static @Nullable Object json(@Nullable String text) {
		return (text != null) ? Json.parse(text) : null;
	}

	/**
	 * The server counts offsets westwards.
	 */
	private static String name(ZoneId zone) {
		ZoneId plain = zone.normalized();
		if (plain instanceof ZoneOffset offset) {
			int seconds = Math.abs(offset.getTotalSeconds());
			return "UTC%s%02d:%02d:%02d".formatted((offset.getTotalSeconds() > 0) ? "-" : "+", seconds / 3600,
					seconds / 60 % 60, seconds % 60);
		}
		return plain.getId();
	}

	@Override
	public Stream<Change> stream(ChangeQuery query, Parts parts) {
		List<Condition> conditions = query.conditions();
		QueryProblems.check(conditions);
		Integer limit = query.givenLimit();
		ChangeSearch search = search(conditions);
		Sql sql = ((limit != null) ? search.statement(conditions, query.order(), limit)
				: search.all(conditions, query.order()))
			.only(parts, this.settings);
		return stream(conditions, sql, Row::change);
	}

	@Override
	public Stream<ChangePlaces> places(ChangeQuery query, int most, int mostKeys) {
		List<Condition> conditions = query.conditions();
		QueryProblems.check(conditions);
		Integer limit = query.givenLimit();
		ChangeSearch search = search(conditions);
		Sql sql = (limit != null) ? search.statement(conditions, query.order(), Math.min(limit, most))
				: search.any(conditions, most);
		return stream(conditions, sql.onlyPlaces(this.settings, mostKeys), Row::places);
	}

	private <T> Stream<T> stream(List<Condition> conditions, Sql sql, ChangeStream.RowMaker<T> maker) {
		try {
			return ChangeStream.open(dataSource(), (connection) -> prepare(connection, sql), maker,
					this.settings.timeoutSeconds());
		}
		catch (SQLException ex) {
			throw translate(jdbc().getExceptionTranslator().translate("stream changes", sql.text(), ex), conditions,
					ex);
		}
	}

	private <T> List<T> query(List<Condition> conditions, Sql sql, RowMapper<T> mapper) {
		QueryProblems.check(conditions);
		try {
			List<T> result = jdbc().query((connection) -> prepare(connection, sql), mapper);
			return result;
		}
		catch (DataAccessException ex) {
			throw translate(ex, conditions, ex);
		}
	}

	private RuntimeException translate(@Nullable DataAccessException known, List<Condition> conditions,
			Exception original) {
		return QueryProblems.translate((known != null) ? known : new org.springframework.jdbc.UncategorizedSQLException(
				"stream changes", null, (SQLException) original), conditions, this.settings.timeout());
	}

	private static PreparedStatement prepare(Connection connection, Sql sql) throws SQLException {
		PreparedStatement statement = connection.prepareStatement(sql.text(), ResultSet.TYPE_FORWARD_ONLY,
				ResultSet.CONCUR_READ_ONLY);
		if (statement.isWrapperFor(PGStatement.class)) {
			// Which index is best depends on the values: no plan is to be used again.
			statement.unwrap(PGStatement.class).setPrepareThreshold(0);
		}
		List<Object> parameters = new ArrayList<>(sql.parameters());
		for (int i = 0; i < parameters.size(); i++) {
			statement.setObject(i + 1, parameters.get(i));
		}
		return statement;
	}

}
