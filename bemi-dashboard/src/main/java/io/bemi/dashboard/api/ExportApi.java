package io.bemi.dashboard.api;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.dashboard.http.Call;
import io.bemi.dashboard.http.Parameters;
import io.bemi.dashboard.http.Problem;
import io.bemi.query.ChangeQuery;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes into files, as they come. Each export keeps a connection, so that there
 * are few at a time.
 */
final class ExportApi {

	static final List<String> COLUMNS = List.of("id", "committedAt", "database", "schema", "table", "primaryKey",
			"operation", "user", "transactionId", "position", "changed", "values", "before", "metadata");

	private static final int AT_A_TIME = 2;

	private final History history;

	private final Semaphore running = new Semaphore(AT_A_TIME);

	ExportApi(History history) {
		this.history = history;
	}

	void export(Call call) throws IOException {
		Masks masks = this.history.masks(call.user());
		Parameters parameters = call.parameters();
		ChangeQuery query = this.history.query(call, masks).order(ChangesApi.order(parameters));
		Format format = format(parameters.required("format"));
		parameters.finish();
		if (!this.running.tryAcquire()) {
			throw new Problem(503, "There are " + AT_A_TIME + " exports already: try again when one of them is done");
		}
		try (Stream<Change> changes = query.stream()) {
			write(changes.iterator(), format, masks, call.response());
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
		finally {
			this.running.release();
		}
	}

	private static Format format(String text) {
		return switch (text) {
			case "csv" -> Format.CSV;
			case "jsonl" -> Format.JSONL;
			default -> throw Parameters.wrong("format", "csv or jsonl", text);
		};
	}

	private static void write(Iterator<Change> changes, Format format, Masks masks, HttpServletResponse response)
			throws IOException {
		response.setContentType(format.type);
		response.setHeader("Content-Disposition", "attachment; filename=\"changes." + format.extension + "\"");
		Writer out = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
		if (format == Format.CSV) {
			out.write(Csv.line(COLUMNS));
		}
		while (changes.hasNext()) {
			Map<String, @Nullable Object> shown = Shown.change(changes.next(), masks);
			out.write((format == Format.CSV) ? line(shown) : Shown.json(shown) + "\n");
		}
		out.flush();
	}

	private static String line(Map<String, @Nullable Object> shown) {
		return Csv.line(COLUMNS.stream().map((column) -> field(column, shown)).toList());
	}

	private static String field(String column, Map<String, @Nullable Object> shown) {
		Object value = column.equals("user") ? user(shown) : shown.get(column);
		if (value instanceof List<?> list) {
			return list.isEmpty() ? "" : Shown.json(list);
		}
		return (value instanceof Map) ? Shown.json(value) : (value != null) ? value.toString() : "";
	}

	private static @Nullable Object user(Map<String, @Nullable Object> shown) {
		return (shown.get("metadata") instanceof Map<?, ?> metadata) ? metadata.get("user") : null;
	}

	/**
	 * The formats of files.
	 */
	private enum Format {

		/** Comma-separated values, as RFC 4180 has them. */
		CSV("text/csv; charset=UTF-8", "csv"),

		/** One JSON object a line. */
		JSONL("application/jsonl; charset=UTF-8", "jsonl");

		private final String type;

		private final String extension;

		Format(String type, String extension) {
			this.type = type;
			this.extension = extension;
		}

	}

}
