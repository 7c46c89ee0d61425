package io.bemi.dashboard.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

import io.bemi.query.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

/**
 * Writes answers, and the headers that all of them have.
 */
final class Replies {

	private static final int WORTH_COMPRESSING = 2_048;

	private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";

	private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
			+ " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private static final String PROBLEM_STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto;padding:0 1rem}"
			+ "h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:0}";

	/** Allows that style, and nothing else. */
	private static final String PROBLEM_POLICY = API_POLICY + "; style-src 'sha256-" + sha256(PROBLEM_STYLE) + "'";

	/** Needs no file, as who reads it may have none of the dashboard's. */
	private static final String PROBLEM_PAGE = """
			<!doctype html>
			<html lang="en">
			<meta charset="utf-8">
			<meta name="viewport" content="width=device-width, initial-scale=1">
			<meta name="color-scheme" content="light dark">
			<title>%1$s · Bemi</title>
			<style>%3$s</style>
			<main>
			<h1>%1$s</h1>
			<p>%2$s</p>
			</main>
			""";

	private Replies() {
	}

	static void secure(HttpServletResponse response, boolean page) {
		response.setHeader("Content-Security-Policy", page ? PAGE_POLICY : API_POLICY);
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("X-Frame-Options", "DENY");
		response.setHeader("Referrer-Policy", "no-referrer");
		response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
		response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
		response.setHeader("Cache-Control", page ? "no-cache" : "no-store");
	}

	static void json(HttpServletRequest request, HttpServletResponse response, int status, String type,
			@Nullable Object value) throws IOException {
		StringBuilder json = new StringBuilder();
		Json.append(json, value);
		byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
		response.setStatus(status);
		response.setContentType(type);
		response.setCharacterEncoding("UTF-8");
		write(request, response, bytes, (bytes.length >= WORTH_COMPRESSING) ? null : bytes);
	}

	/**
	 * Says what is wrong.
	 * @param page whether a page was asked for: then people read it, unless a program
	 * asks
	 */
	static void problem(HttpServletRequest request, HttpServletResponse response, Problem problem, boolean page)
			throws IOException {
		if (problem.status() == HttpServletResponse.SC_UNAUTHORIZED) {
			// A scheme that no browser asks for a password by: the page says what to do.
			response.setHeader("WWW-Authenticate", "Session realm=\"Bemi\"");
		}
		String accepted = request.getHeader("Accept");
		if (page && accepted != null && accepted.contains("text/html")) {
			response.setStatus(problem.status());
			response.setContentType("text/html");
			response.setCharacterEncoding("UTF-8");
			response.setHeader("Content-Security-Policy", PROBLEM_POLICY);
			byte[] bytes = PROBLEM_PAGE
				.formatted(HtmlUtils.htmlEscape(problem.title()),
						HtmlUtils.htmlEscape(String.valueOf(problem.getMessage())), PROBLEM_STYLE)
				.getBytes(StandardCharsets.UTF_8);
			write(request, response, bytes, bytes);
			return;
		}
		json(request, response, problem.status(), "application/problem+json", problem.body());
	}

	/**
	 * Writes a body, compressed where that is welcome.
	 * @param bytes the body
	 * @param compressed the same compressed; {@code null} when it is to be done now; the
	 * body itself when it is not worth it
	 */
	static void write(HttpServletRequest request, HttpServletResponse response, byte[] bytes,
			byte @Nullable [] compressed) throws IOException {
		byte[] body = bytes;
		if (compressed != bytes) {
			response.addHeader("Vary", "Accept-Encoding");
			if (acceptsGzip(request)) {
				body = (compressed != null) ? compressed : gzip(bytes);
				response.setHeader("Content-Encoding", "gzip");
			}
		}
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	private static String sha256(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

	private static boolean acceptsGzip(HttpServletRequest request) {
		String accepted = request.getHeader("Accept-Encoding");
		if (accepted == null) {
			return false;
		}
		for (String coding : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
			String plain = coding.replace(" ", "");
			if (plain.equals("gzip") || (plain.startsWith("gzip;q=") && !plain.matches("gzip;q=0(\\.0*)?"))) {
				return true;
			}
		}
		return false;
	}

	static byte[] gzip(byte[] bytes) throws IOException {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 4 + 64);
		try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
			out.write(bytes);
		}
		return compressed.toByteArray();
	}

}
