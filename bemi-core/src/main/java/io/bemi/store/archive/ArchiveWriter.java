package io.bemi.store.archive;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

import io.bemi.pgoutput.JsonText;
import io.bemi.store.Partitions;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Writes a month of the history into a file that can be read without Bemi: compressed by
 * gzip, table by table as {@code pg_dump} writes them, a line {@code COPY} with the names
 * of the columns, a line per row, and {@code \.}. Beside it lies a manifest with its
 * digest. The file has its name once it is complete, on the disk, and read again.
 */
public final class ArchiveWriter {

	private static final int BUFFER = 1 << 16;

	private static final String COLUMNS = """
			SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
			 WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
			""";

	private final Connection connection;

	private final Path directory;

	/**
	 * Prepares to write.
	 * @param connection a connection without autocommit, whose search path has the store
	 * @param directory where to
	 */
	public ArchiveWriter(Connection connection, Path directory) {
		this.connection = connection;
		this.directory = directory;
	}

	/**
	 * Writes a month.
	 * @param month the month, in UTC
	 * @param run the number of the run that drops it
	 * @return what was written
	 * @throws SQLException when the store refuses
	 * @throws IOException when the file cannot be written, or is not what was written
	 */
	public ArchivedMonth write(YearMonth month, long run) throws SQLException, IOException {
		Files.createDirectories(this.directory);
		String name = "bemi-%s-%d.copy.gz".formatted(month, run);
		Path temporary = this.directory.resolve(name + ".part");
		Map<String, Long> rows = new LinkedHashMap<>();
		MessageDigest digest = sha256();
		try (OutputStream file = new DigestOutputStream(
				new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER), digest);
				OutputStream out = new GZIPOutputStream(file, BUFFER)) {
			this.connection.commit();
			try (Statement statement = this.connection.createStatement()) {
				statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
			}
			copy("source", "source", rows, out);
			copy("relation", "relation", rows, out);
			for (String table : Partitions.TABLES) {
				String partition = Partitions.name(table, month);
				if (Partitions.exists(this.connection, partition)) {
					copy(table, '"' + partition + '"', rows, out);
				}
			}
			this.connection.commit();
		}
		String sha256 = HexFormat.of().formatHex(digest.digest());
		sync(temporary);
		HistoryArchive.verify(temporary, sha256, rows);
		Path file = this.directory.resolve(name);
		Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
		ArchivedMonth archive = new ArchivedMonth(file, sha256, rows);
		Path manifest = this.directory.resolve(name + ".json");
		Files.writeString(manifest, manifest(month, archive));
		sync(manifest);
		sync(this.directory);
		return archive;
	}

	private void copy(String table, String partition, Map<String, Long> rows, OutputStream out)
			throws SQLException, IOException {
		String columns = columns(table);
		out.write("COPY %s (%s) FROM stdin;\n".formatted(table, columns).getBytes(StandardCharsets.UTF_8));
		CopyManager copies = this.connection.unwrap(PGConnection.class).getCopyAPI();
		rows.put(table, copies.copyOut("COPY %s (%s) TO STDOUT".formatted(partition, columns), out));
		out.write("\\.\n".getBytes(StandardCharsets.UTF_8));
	}

	private String columns(String table) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(COLUMNS)) {
			statement.setString(1, table);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getString(1);
			}
		}
	}

	private static String manifest(YearMonth month, ArchivedMonth archive) throws IOException {
		StringBuilder json = new StringBuilder("{\"file\": ");
		JsonText.append(json, String.valueOf(archive.file().getFileName()));
		json.append(", \"month\": \"").append(month).append("\", \"sha256\": \"").append(archive.sha256());
		json.append("\", \"bytes\": ").append(Files.size(archive.file())).append(", \"rows\": {");
		json.append(archive.rows()
			.entrySet()
			.stream()
			.map((table) -> "\"" + table.getKey() + "\": " + table.getValue())
			.collect(Collectors.joining(", ")));
		return json.append("}}\n").toString();
	}

	private static void sync(Path path) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
			channel.force(true);
		}
	}

	/**
	 * The digest of a file.
	 */
	static String sha256(Path file) throws IOException {
		MessageDigest digest = sha256();
		try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
			byte[] buffer = new byte[BUFFER];
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				digest.update(buffer, 0, read);
			}
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
