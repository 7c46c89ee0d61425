package io.bemi.dashboard.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

/**
 * The files of the page: in a folder of the jar that nobody else serves.
 */
public final class PageResources {

	/** What is below it is served, and nothing else. */
	static final String FOLDER = "io/bemi/dashboard/page/";

	/** The script for the application's own pages. */
	static final String EMBED = "assets/bemi-history.js";

	private static final String INDEX = "index.html";

	/** A name in the folder, or in its folder of assets; none begins with a dot. */
	private static final Pattern NAME = Pattern.compile("(?:assets/)?[A-Za-z0-9_-][A-Za-z0-9._-]{0,150}");

	/** As the build writes it into names, of what never changes. */
	private static final Pattern HASHED = Pattern.compile("assets/.+[-.][A-Za-z0-9_-]{8,}\\.[a-z0-9]+");

	private static final Map<String, String> TYPES = Map.of("html", "text/html", "js", "text/javascript", "css",
			"text/css", "svg", "image/svg+xml", "png", "image/png", "ico", "image/x-icon", "woff2", "font/woff2",
			"json", "application/json", "webmanifest", "application/manifest+json", "txt", "text/plain");

	private final String folder;

	private final Map<String, Optional<Body>> bodies = new ConcurrentHashMap<>();

	/**
	 * Those of this jar.
	 */
	public PageResources() {
		this(FOLDER);
	}

	PageResources(String folder) {
		this.folder = folder;
	}

	/**
	 * Writes a file, or the page, for a path that is one of its own.
	 * @param path the path below the dashboard's, decoded
	 * @param base the path of the dashboard, with that of the application
	 */
	void serve(String path, String base, HttpServletRequest request, HttpServletResponse response) throws IOException {
		String name = path.startsWith("/") ? path.substring(1) : path;
		if (name.startsWith("assets/") || (isFile(name) && find(name) != null)) {
			Body body = isFile(name) ? find(name) : null;
			if (body == null) {
				throw Problem.notFound("There is no such file");
			}
			write(name, body, request, response);
			return;
		}
		Body index = find(INDEX);
		if (index == null || name.contains("..") || name.contains("\\") || path.contains("//")) {
			throw Problem.notFound("There is no such page");
		}
		write(INDEX, new Body(withBase(index.plain(), base), null), request, response);
	}

	private static boolean isFile(String name) {
		return NAME.matcher(name).matches() && !name.contains("..") && !name.equals("assets") && !name.equals(INDEX)
				&& TYPES.containsKey(extension(name));
	}

	private static String extension(String name) {
		return name.substring(name.lastIndexOf('.') + 1);
	}

	/**
	 * The page is at many paths, its files at one.
	 */
	private static byte[] withBase(byte[] index, String base) {
		String escaped = HtmlUtils.htmlEscape(base, StandardCharsets.UTF_8.name());
		return new String(index, StandardCharsets.UTF_8).replace("\"./", "\"" + escaped + "/")
			.replace("%BEMI_BASE%", escaped)
			.getBytes(StandardCharsets.UTF_8);
	}

	private void write(String name, Body body, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		String type = TYPES.getOrDefault(extension(name), "application/octet-stream");
		response.setContentType(type);
		if (!type.startsWith("image/p") && !type.startsWith("font/")) {
			response.setCharacterEncoding("UTF-8");
		}
		if (HASHED.matcher(name).matches() && !name.equals(EMBED)) {
			response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
		}
		Replies.write(request, response, body.plain(), body.compressed());
	}

	private @Nullable Body find(String name) throws IOException {
		Optional<Body> known = this.bodies.get(name);
		if (known == null) {
			known = Optional.ofNullable(read(name));
			if (known.isPresent()) {
				this.bodies.put(name, known);
			}
		}
		return known.orElse(null);
	}

	private @Nullable Body read(String name) throws IOException {
		try (InputStream in = PageResources.class.getClassLoader().getResourceAsStream(this.folder + name)) {
			if (in == null) {
				return null;
			}
			byte[] plain = in.readAllBytes();
			byte[] compressed = Replies.gzip(plain);
			return new Body(plain, (compressed.length < plain.length) ? compressed : plain);
		}
	}

	/**
	 * What a file holds.
	 *
	 * @param plain its bytes
	 * @param compressed the same compressed; {@code null} when it is to be done; the
	 * bytes themselves when it is not worth it
	 */
	@SuppressWarnings("ArrayRecordComponent")
	private record Body(byte[] plain, byte @Nullable [] compressed) {
	}

}
