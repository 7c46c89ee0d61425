package io.bemi.store.archive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

import io.bemi.store.Partitions;
import io.bemi.store.StoreSchema;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.util.Assert;

/**
 * A month of the history in a file: checked, and read back into a schema of its own,
 * where its view {@code changes} can be queried.
 */
public final class HistoryArchive {

	private static final Pattern NAME = Pattern.compile("bemi-(\\d{4}-\\d{2})-(\\d+)\\.copy\\.gz");

	private static final Pattern HEADER = Pattern
		.compile("COPY (source|relation|change|context|link|erased) (\\([a-z_, \"]+\\)) FROM stdin;");

	private static final Pattern SHA256 = Pattern.compile("\"sha256\": \"([0-9a-f]{64})\"");

	private static final String END = "\\.";

	private static final int LARGEST = 1 << 16;

	private final Path file;

	/**
	 * Names an archive.
	 * @param file the file, beside its manifest
	 */
	public HistoryArchive(Path file) {
		Assert.notNull(file, "'file' must not be null");
		Assert.isTrue(NAME.matcher(String.valueOf(file.getFileName())).matches(),
				"'file' must be named bemi-<year>-<month>-<run>.copy.gz");
		this.file = file;
	}

	/**
	 * The file.
	 * @return as it was named
	 */
	public Path file() {
		return this.file;
	}

	/**
	 * The month that is in it.
	 * @return the month, in UTC
	 */
	public YearMonth month() {
		return YearMonth.parse(part(1));
	}

	/**
	 * The run that dropped the month.
	 * @return its number in {@code dropped}
	 */
	public long run() {
		return Long.parseLong(part(2));
	}

	private String part(int group) {
		Matcher name = NAME.matcher(String.valueOf(this.file.getFileName()));
		Assert.state(name.matches(), "The name was checked");
		return name.group(group);
	}

	/**
	 * Reads the file and compares it with its manifest.
	 * @throws IOException when it is not what was written
	 */
	public void verify() throws IOException {
		String manifest = Files.readString(this.file.resolveSibling(this.file.getFileName() + ".json"));
		Matcher sha256 = SHA256.matcher(manifest);
		if (!sha256.find() || !sha256.group(1).equals(ArchiveWriter.sha256(this.file))) {
			throw new IOException(this.file + " is not the file that its manifest describes");
		}
	}

	/**
	 * Reads a file that was just written.
	 * @param sha256 the digest that it must have
	 * @param rows the rows that must be in it, by table
	 */
	static void verify(Path file, String sha256, Map<String, Long> rows) throws IOException {
		Map<String, Long> found = new LinkedHashMap<>();
		if (sha256.equals(ArchiveWriter.sha256(file))) {
			try (BufferedReader reader = reader(file)) {
				for (Header header = next(reader); header != null; header = next(reader)) {
					long count = 0;
					for (String line = line(reader); !line.equals(END); line = line(reader)) {
						count++;
					}
					found.put(header.table(), count);
				}
			}
		}
		if (!found.equals(rows)) {
			throw new IOException(file + " is not what was written: " + found + " instead of " + rows);
		}
	}

	/**
	 * Reads the month back. Several months may be read into the same schema.
	 * @param connection a connection to any database, in no transaction
	 * @param schema the schema, such as {@code bemi_archive}: made when it is not there,
	 * and never that of the store itself
	 * @throws IOException when the file is not what was written
	 * @throws SQLException when the database refuses, or the month is there already
	 */
	public void restore(Connection connection, String schema) throws IOException, SQLException {
		verify();
		new StoreSchema(schema).migrate(connection);
		boolean autoCommit = connection.getAutoCommit();
		connection.setAutoCommit(false);
		try (Statement statement = connection.createStatement(); BufferedReader reader = reader(this.file)) {
			statement.execute("SET LOCAL search_path = \"" + schema.replace("\"", "\"\"") + "\", pg_catalog;"
					+ " SET LOCAL TimeZone = 'UTC'");
			createPartitions(connection, statement);
			for (Header header = next(reader); header != null; header = next(reader)) {
				restore(connection, statement, header, reader);
			}
			connection.commit();
		}
		catch (SQLException | IOException | RuntimeException ex) {
			connection.rollback();
			throw ex;
		}
		finally {
			connection.setAutoCommit(autoCommit);
		}
	}

	private void createPartitions(Connection connection, Statement statement) throws SQLException {
		YearMonth month = month();
		new Partitions().ensure(connection, Partitions.begin(month));
		refuse(statement, "baseline", "Changes are recorded in that schema: name another one");
		for (String table : Partitions.TABLES) {
			refuse(statement, Partitions.name(table, month), "The schema has rows of " + month + " already");
		}
	}

	private static void refuse(Statement statement, String table, String reason) throws SQLException {
		try (ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM \"" + table + "\")")) {
			row.next();
			if (row.getBoolean(1)) {
				throw new SQLException(reason);
			}
		}
	}

	private static void restore(Connection connection, Statement statement, Header header, BufferedReader reader)
			throws SQLException, IOException {
		boolean shared = header.table().equals("source") || header.table().equals("relation");
		String target = header.table();
		if (shared) {
			target = "archived_" + header.table();
			statement.execute("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS SELECT * FROM %s LIMIT 0".formatted(target,
					header.table()));
		}
		CopyIn copy = connection.unwrap(PGConnection.class)
			.getCopyAPI()
			.copyIn("COPY %s %s FROM STDIN WITH (ENCODING 'UTF8')".formatted(target, header.columns()));
		StringBuilder lines = new StringBuilder();
		for (String line = line(reader); !line.equals(END); line = line(reader)) {
			lines.append(line).append('\n');
			if (lines.length() > LARGEST) {
				write(copy, lines);
			}
		}
		write(copy, lines);
		copy.endCopy();
		if (shared) {
			statement
				.execute("INSERT INTO %1$s %2$s OVERRIDING SYSTEM VALUE SELECT %3$s FROM %4$s ON CONFLICT DO NOTHING"
					.formatted(header.table(), header.columns(),
							header.columns().substring(1, header.columns().length() - 1), target));
		}
	}

	private static void write(CopyIn copy, StringBuilder lines) throws SQLException {
		byte[] bytes = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
		copy.writeToCopy(bytes, 0, bytes.length);
		lines.setLength(0);
	}

	/**
	 * Byte by byte, for nothing of it is to be understood.
	 */
	private static BufferedReader reader(Path file) throws IOException {
		return new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(file), LARGEST),
				StandardCharsets.ISO_8859_1), LARGEST);
	}

	private static @Nullable Header next(BufferedReader reader) throws IOException {
		String line = reader.readLine();
		if (line == null) {
			return null;
		}
		Matcher header = HEADER.matcher(line);
		if (!header.matches()) {
			throw new IOException("An archive has '" + line + "' where a table was expected to begin");
		}
		return new Header(header.group(1), header.group(2));
	}

	private static String line(BufferedReader reader) throws IOException {
		String line = reader.readLine();
		if (line == null) {
			throw new IOException("An archive ends within a table");
		}
		return line;
	}

	/**
	 * What rows are to follow.
	 *
	 * @param table their table
	 * @param columns the columns, in parentheses
	 */
	private record Header(String table, String columns) {
	}

}
